import ipaddress

import pytest

from ratchet_web.server.engine.addresses import is_public


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f::1", "64:ff9b::5db8:d70e"])
def test_addresses_of_the_internet_are_public(address):
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1",
        "fc00::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "2002:7f00:1::",
        "64:ff9b::7f00:1",
        "64:ff9b::a00:1",
        "64:ff9b:1::5db8:d70e",
        "2001:0:7f00:1::",
        "fec0::1",
        "::127.0.0.1",
        "192.0.2.1",
        "198.18.0.1",
        "240.0.0.1",
        # Python 3.11 calls these public; clouds answer there with what a machine's own programs may know.
        "192.0.0.192",
        "168.63.129.16",
        "64:ff9b::c000:c0",
        "3fff::1",
    ],
)
def test_everything_near_is_not(address):
    assert not is_public(ipaddress.ip_address(address))
