"""Texts that would run as a script in a page that took one of them for anything but text."""

from itertools import product

RUN = "window.__ran=1"
_BREAKS = ("", '">', "'>", "</script>", "</textarea>", "</title>", "--><", "]]>", "`}", "{{", "${", "\\u003e")
_TAGS = (
    f"<script>{RUN}</script>",
    f"<img src=x onerror={RUN}>",
    f"<svg onload={RUN}>",
    f"<svg/onload={RUN}//",
    f"<details open ontoggle={RUN}>",
    f"<iframe srcdoc='<script>parent.{RUN}</script>'>",
    f"<input autofocus onfocus={RUN}>",
    f"<a href=javascript:{RUN}>x</a>",
    f"<math><mtext></mtext><style><img src onerror={RUN}></style></math>",
)
CORPUS = tuple(before + tag for before, tag in product(_BREAKS, _TAGS))
CORPUS += (
    f"javascript:{RUN}",
    f"data:text/html,<script>{RUN}</script>",
    f"{{{{constructor.constructor('{RUN}')()}}}}",
    f"\x1b]8;;javascript:{RUN}\x07link\x1b]8;;\x07",
    f"=cmd|' /C {RUN}'!A0",
    f"[x](javascript:{RUN})",
)
assert len(set(CORPUS)) >= 100
