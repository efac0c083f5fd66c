"""Addresses in SIP headers, made by the grammar: what they are made of for properties, whole INVITEs for a corpus.

Source: RFC 3261, section 25.1; RFC 3966, section 3.
"""

from hypothesis import strategies as st

HOSTILE = [
    '"',
    "\\",
    "<",
    ">",
    ",",
    ";",
    "@",
    ":",
    "=",
    "?",
    "%22",
    "%0d%0a",
    "\t",
    " ",
    "sip:112@x",
    "<sip:112@x>",
    '" <sip:112@x>;x="',
    "tel:112",
    ";tag=evil",
    "\\\\",
    "Anna",
    "Åsa",
    "ö",
]
"""What is put into display names and quoted values: everything that means something outside of quotes."""

names = st.lists(st.one_of(st.sampled_from(HOSTILE), st.text(max_size=4)), max_size=8).map("".join)
"""Display names before they are quoted."""

numbers = st.from_regex(r"\A\+?[0-9]{1,15}\Z")

_values = st.one_of(
    st.from_regex(r"\A[A-Za-z0-9.!%*_+`'~-]{1,12}\Z"),
    names.map(lambda each: '"' + each.replace("\\", "\\\\").replace('"', '\\"') + '"'),
)
parameters = st.lists(
    st.tuples(st.sampled_from(["tag", "reason", "x", "privacy", "Q"]), st.one_of(st.none(), _values)), max_size=3
).map(lambda all_: "".join(f";{name}" if value is None else f";{name}={value}" for name, value in all_))
"""Parameters behind an address."""
