"""Quotes found again in texts that were scanned, hyphenated and marked up; another statement never."""

import random
import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate.text import locate

TEXT = """# Travel rules

Travel claims must be filed within 30 days. The nightly limit for hotels is **1,200 kronor**, of which 50 % is paid in advance. Em-
ployees who are on leave may not file infor-
mation about the modern apparatus, see [the form](https://x.example/y) for details.
The eﬃcient ofﬁce accepts l0 receipts per claim; Alltheformsare kept for 1O years. Recieved letters of the chief are archived, and the
employer pays $25 for each.

1. Open the form.
2. Send it to the office within 2.5 hours.
"""
CHINESE = (
    "报销申请须在 30 天内提交。住宿标准为每晚 1,200 元，其中百分之五十预付。\n"
    "未经批准不得报销。本规定自 2024 年 5 月 3 日起施行，适用于自己出差的员工。"
)


def found(quote: str, text: str = TEXT) -> str | None:
    place = locate(quote, text)
    return text[place[0] : place[1]] if place else None


@pytest.mark.parametrize(
    ("quote", "stretch"),
    [
        ("Travel claims must be filed", "Travel claims must be filed"),
        ("TRAVEL claims “must” be  filed", "Travel claims must be filed"),
        ("trave1 clairns rnust be filed", "Travel claims must be filed"),
        ("limit for hotels is 1200 kronor", "limit for hotels is **1,200 kronor"),
        ("Employees who are on leave may not file information", "Em-\nployees who are on leave may not file infor-\nmation"),
        ("Employ\u00adees who are on le\u00adave", "Em-\nployees who are on leave"),
        (
            "about the modem apparatus, see the form for details",
            "about the modern apparatus, see [the form](https://x.example/y) for details",
        ),
        ("The efficient office accepts 10 receipts", "The eﬃcient ofﬁce accepts l0 receipts"),
        ("All the forms are kept for 10 years", "Alltheformsare kept for 1O years"),
        ("Received letters of the chief are archived", "Recieved letters of the chief are archived"),
        ("letters of chief are archived and the", "letters of the chief are archived, and the"),
        ("Open the form. Send it to the oﬃce", "Open the form.\n2. Send it to the office"),
        ("Travelclaims must befiled within 30days", "Travel claims must be filed within 30 days"),
        ("of which 50% is paid", "of which 50 % is paid"),
        ("The nightly limit ... is paid in advance", "The nightly limit for hotels is **1,200 kronor**, of which 50 % is paid in advance"),
        ("... claims must be filed […]", "claims must be filed"),
    ],
)
def test_a_quote_is_located_through_noise(quote: str, stretch: str) -> None:
    assert found(quote) == stretch


@pytest.mark.parametrize(
    ("quote", "stretch"),
    [
        ("报销申请须在30天内提交", "报销申请须在 30 天内提交"),
        ("住宿标准每晚1200元，其中百分之五十预付", "住宿标准为每晚 1,200 元，其中百分之五十预付"),
        ("报销申请须在30天内提交……未经批准不得报销", CHINESE[: CHINESE.index("。本")]),
        ("**适用于自已出差的员工**", "适用于自己出差的员工"),
    ],
)
def test_a_chinese_quote_is_located_through_noise(quote: str, stretch: str) -> None:
    assert found(quote, CHINESE) == stretch


@pytest.mark.parametrize(
    "quote",
    [
        "Travel claims must be filed within 80 days",
        "Travel claims must not be filed within 30 days",
        "Employees who are on leave may file information",
        "Employees who ... may ... file information",
        "Employees who are on leave may ... file information",
        "limit for hotels is 1,300 kronor",
        "limit for hotels is 1,200 crowns",
        "of which 50 is paid in advance",
        "of which 50 € is paid in advance",
        "and the employer pays £25 for each",
        "and the employee pays $25 for each",
        "Send it to the office within 25 hours",
        "Send it to the office within 2.5 days",
        "Travel ... kept ... archived ... office",
        "an entirely different sentence that stands nowhere",
        "ravel claims must be file",
        "",
        "...",
    ],
)
def test_another_statement_is_not_located(quote: str) -> None:
    assert found(quote) is None


@pytest.mark.parametrize(
    "quote",
    [
        "报销申请须在 60 天内提交",
        "未经批准得报销",
        "报销申请不须在 30 天内提交",
        "住宿标准为每晚 1,200 美元",
        "本规定自 2024 年 6 月 3 日起施行",
    ],
)
def test_another_chinese_statement_is_not_located(quote: str) -> None:
    assert found(quote, CHINESE) is None


WORDS = [
    "office",
    "manager",
    "committee",
    "regulation",
    "modern",
    "internal",
    "burning",
    "pattern",
    "illustrate",
    "following",
    "application",
    "department",
    "travel",
    "receipt",
    "quarterly",
    "submit",
    "schedule",
    "official",
    "efficient",
    "confirm",
    "learn",
    "morning",
    "summer",
]


def scanned(words: list[str], rng: random.Random) -> str:
    """The words as a scan or a converter could give them."""
    forms = [
        lambda w: w.replace("rn", "m") if "rn" in w else w.replace("m", "rn", 1),
        lambda w: w.replace("l", rng.choice("1I"), 1) if len(w) > 5 else w,
        lambda w: w.replace("ffi", "ﬃ").replace("fi", "ﬁ"),
        lambda w: w[:3] + "\u00ad" + w[3:],
        lambda w: w[:3] + "-\n" + w[3:] if w.isalpha() and len(w) > 5 else w,
        lambda w: f"**{w}**",
        lambda w: f"_{w}_",
        lambda w: w.upper() if w.isalpha() else w,
        lambda w: w.replace("0", "O").replace("1", "l") if re.fullmatch(r"\d+", w) and len(w) > 1 and w[0] not in "01" else w,
    ]
    parts = [rng.choice(forms)(w) if rng.random() < 0.3 else w for w in words]
    return "".join(p + (" " if rng.random() > 0.05 or p[-1:].isdigit() else "") for p in parts).strip()


@given(st.lists(st.sampled_from([*WORDS, "20", "350", "4.5"]), min_size=6, max_size=40), st.integers(0, 10**6))
def test_any_words_are_located_in_a_scan_of_them(words: list[str], seed: int) -> None:
    rng = random.Random(seed)
    before, scan = "Some other sentence stands here. ", scanned(words, rng)
    text = before + scan + ". And another one follows it."
    place = locate(" ".join(words), text)
    assert place is not None
    assert abs(place[0] - len(before)) <= 2
    assert abs(place[1] - len(before) - len(scan)) <= 2


@given(st.lists(st.sampled_from([*WORDS, "20", "350", "4.5"]), min_size=6, max_size=30), st.integers(0, 10**6))
def test_a_quote_with_another_word_is_not_located_in_a_scan(words: list[str], seed: int) -> None:
    rng = random.Random(seed)
    at = rng.randrange(1, len(words) - 1)
    other = [*words[:at], rng.choice(["not", "never", "7", "banana"]), *words[at + rng.randrange(2) :]]
    assert locate(" ".join(other), scanned(words, rng)) is None


def test_a_quote_is_located_fast_in_a_long_passage() -> None:
    rng = random.Random(3)
    text = " ".join(rng.choices(WORDS, k=460))
    assert 3500 < len(text) < 4500
    quote = text.split()[200:225]
    noisy = " ".join(quote).replace("rn", "m").replace("ll", "1l")
    quick = []
    for wanted in (" ".join(quote), " ".join(quote).upper(), noisy):
        times = []
        for _ in range(5):
            began = time.process_time()
            assert locate(wanted, text)
            times.append(time.process_time() - began)
        quick.append(min(times))
    assert quick[0] < 0.005
    assert quick[1] < 0.01
    assert quick[2] < 0.03


@pytest.mark.parametrize("piece", ["l", "1", "1,", "**", "a ", "the ", "1. ", "[", "<a", "一", "的", "\u00ad", "a-\n", "](", "l1 "])
def test_hostile_repetition_takes_no_long_time(piece: str) -> None:
    began = time.process_time()
    text = piece * (4000 // len(piece))
    for quote in (piece * 50 + " zebra", "zebra " + piece * 20 + "… " + piece * 20, "the zebra said l1 and never " + piece * 300):
        locate(quote, text)
    assert time.process_time() - began < 4
