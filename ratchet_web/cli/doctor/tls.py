"""Whether what passes can be read on the way, and for how long the certificate still holds."""

import ssl
from datetime import datetime, timedelta

from ratchet_web.api.looks import Tls
from ratchet_web.cli.doctor.findings import Finding, bad, ok, warning
from ratchet_web.cli.doctor.subject import Subject

TOPIC = "TLS"
SOON = timedelta(days=14)
RENEW = "Renew the certificate of the server, or of the proxy before it"
OWN = "Set SSL_CERT_FILE to the certificate of who issued it, if that is to be trusted"
# The numbers are those of OpenSSL (x509_vfy.h).
ADVICE = {
    9: "It is not valid yet: check the clocks of both machines",
    10: RENEW,
    18: OWN,
    19: OWN,
    20: f"{OWN}; or let the server send its intermediate certificates too",
    21: f"{OWN}; or let the server send its intermediate certificates too",
    62: "Call the server by a name that its certificate holds",
    64: "Call the server by a name that its certificate holds",
}


def of(subject: Subject, tls: Tls | None, now: datetime) -> Finding:
    """Return how a connection that was made is kept secret."""
    if tls is not None:
        return _of_certificate(tls, now)
    if subject.secured:
        return ok(TOPIC, "https")
    if subject.is_here:
        return ok(TOPIC, "none, and none is needed on this machine")
    told = "the token and all else" if subject.secrets else "everything"
    return warning(
        TOPIC,
        f"none: {told} can be read and changed on the way",
        "Put a proxy with https before the server, or keep the network between to yourselves",
    )


def distrusted(error: ssl.SSLCertVerificationError) -> Finding:
    """Return why the certificate is not trusted."""
    advice = ADVICE.get(error.verify_code, "Give the server a certificate that this machine trusts")
    return bad(TOPIC, f"the certificate is not trusted: {error.verify_message}", advice)


def _of_certificate(tls: Tls, now: datetime) -> Finding:
    issuer = f", issued by {tls.issuer}" if tls.issuer else ""
    told = f"{tls.protocol}{issuer}"
    if tls.expires is None:
        return ok(TOPIC, told)
    days = (tls.expires - now).days
    told = f"{told}, expires in {days} day{'' if days == 1 else 's'} ({tls.expires:%Y-%m-%d})"
    return warning(TOPIC, told, RENEW) if tls.expires - now <= SOON else ok(TOPIC, told)
