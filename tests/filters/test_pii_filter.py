import pytest

from curate.filters import pii
from curate.records import Message, Sample, Span, ToolCall
from curate.settings import Settings


def row(*texts: str, **more) -> Sample:
    roles = ("user", "assistant")
    return Sample("s1", "qa", "t1", [Message(roles[i % 2], text) for i, text in enumerate(texts)], **more)


def found(text: str) -> list[tuple[str, str]]:
    return [(text[start:end], kind) for start, end, kind in pii.scan(text)]


@pytest.mark.parametrize(
    ("text", "value", "kind"),
    [
        ("Write to ann.lee@example.com, please.", "ann.lee@example.com", "EMAIL_ADDRESS"),
        ("邮箱zhang@example.cn，卡号见下", "zhang@example.cn", "EMAIL_ADDRESS"),
        ("write to maría.gómez4@example.com today", "maría.gómez4@example.com", "EMAIL_ADDRESS"),
        ("邮箱：伟.李13@example.cn", "伟.李13@example.cn", "EMAIL_ADDRESS"),
        ("Call +44 (0)20 7946 0018 now", "+44 (0)20 7946 0018", "PHONE_NUMBER"),
        ("fax (415) 555-0142", "(415) 555-0142", "PHONE_NUMBER"),
        ("Mobile: 737 219 628", "737 219 628", "PHONE_NUMBER"),
        ("联系电话13800138000。", "13800138000", "PHONE_NUMBER"),
        ("座机 010-62345678", "010-62345678", "PHONE_NUMBER"),
        ("身份证号11010519491231002X。", "11010519491231002X", "CN_ID_CARD"),
        ("My SSN is 536-22-1234.", "536-22-1234", "US_SSN"),
        ("卡号4111111111111111，", "4111111111111111", "CREDIT_CARD"),
        ("IBAN DE89370400440532013000", "DE89370400440532013000", "IBAN_CODE"),
        ("地址192.168.1.10", "192.168.1.10", "IP_ADDRESS"),
        ("host 2001:db8:85a3::8a2e:370:7334", "2001:db8:85a3::8a2e:370:7334", "IP_ADDRESS"),
        ("MAC 00:1A:2B:3C:4D:5E", "00:1A:2B:3C:4D:5E", "MAC_ADDRESS"),
        ("pay 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "CRYPTO"),
        ("passport number AB1234567", "AB1234567", "PASSPORT"),
        ("postgres://admin:hunter2@db.example.com/x", "admin:hunter2", "CREDENTIALS"),
        ("use sk-3vLdnxQKRDe9NKaLjENpS8Zkx8Sj", "sk-3vLdnxQKRDe9NKaLjENpS8Zkx8Sj", "SECRET"),
        ("key AKIAIOSFODNN7EXAMPLE", "AKIAIOSFODNN7EXAMPLE", "SECRET"),
        ("Authorization: Bearer abcdefghijk1234567890", "abcdefghijk1234567890", "SECRET"),
        ('password: "tr0ub4dor&3"', "tr0ub4dor&3", "SECRET"),
    ],
)
def test_personal_data_is_found_exactly(text, value, kind):
    assert found(text) == [(value, kind)]


@pytest.mark.parametrize(
    "text",
    [
        "Use version 1.2.3.4 or v10.0.0.1 with Chrome/120.0.0.0.",
        "Section 2.3.1.4 applies.",
        "From 2024-01-05 to 2024-02-06, at 12:30:45.",
        "ISBN 978-3-16-148410-0 and ISBN 0-306-40615-2",
        "Order number 13912345678 and 订单号13912345678",
        "commit 1a2b3c4d5e6f1391234567813912345678aabbcc",
        "id 550e8400-e29b-41d4-a716-446655440000",
        "Totals of 1,234,567,890 and 2,000 3,000 4,000 5,000",
        "pi is 3.14159265358979",
        "npm install lodash@4.17.21, actions/checkout@v4",
        "git clone git@github.com:a/b.git",
        "bind to 127.0.0.1 or 0.0.0.0 in 10.0.0.0/8 with 255.255.255.0",
        "std::vector and a::b",
        "api_key = os.environ['API_KEY1']",
        "创建一个密码为123456的角色",
        "身份证号110105194912310021",
        "call us in 2023-2024",
    ],
)
def test_numbers_that_name_no_one_are_left_alone(text):
    assert found(text) == []


def test_a_private_key_is_one_secret():
    key = "-----BEGIN RSA PRIVATE KEY-----\n" + "MIIEow1234567890abcd\n" * 3 + "-----END RSA PRIVATE KEY-----"
    assert found(f"The key:\n{key}\nKeep it.") == [(key, "SECRET")]


@pytest.mark.parametrize(("pii_setting", "passed"), [("keep", True), ("mask", True), ("drop", False)])
def test_only_drop_fails_a_sample(pii_setting, passed):
    verdict = pii.check(row("Who helps?", "Write to ann@example.com."), [], Settings(pii=pii_setting))
    assert (verdict.passed, verdict.reason) == (passed, "personal data: 1 EMAIL_ADDRESS")
    assert verdict.detail["marks"] == [
        {"list": "messages", "message": 1, "field": "content", "start": 9, "end": 24, "type": "EMAIL_ADDRESS"},
    ]


def test_a_sample_without_personal_data_passes_without_marks():
    verdict = pii.check(row("What is the limit?", "It is 200 euros."), [], Settings(pii="drop"))
    assert verdict.passed
    assert verdict.detail == {}


def test_equal_values_get_equal_placeholders_and_several_are_numbered():
    sample = row("Is ann@example.com right?", "No: Ann@example.com is wrong, bo@example.com is right, or 13800138000.")
    masked = pii.mask(sample, pii.find(sample))
    assert [m.content for m in masked.messages] == [
        "Is <EMAIL_ADDRESS_1> right?",
        "No: <EMAIL_ADDRESS_1> is wrong, <EMAIL_ADDRESS_2> is right, or <PHONE_NUMBER>.",
    ]
    assert masked.id == sample.id


def test_reasoning_rejected_answers_evidence_and_tool_arguments_are_masked():
    call = ToolCall("c1", "send", {"to": ["ann@example.com"], "body": {"text": "call 13800138000", "retries": 3}})
    sample = Sample(
        "s1",
        "agent",
        "t1",
        [Message("user", "Send it."), Message("assistant", "", reasoning="It goes to ann@example.com.", tool_calls=[call])],
        rejected=[Message("assistant", "I call 13800138000.")],
        evidence=[Span("d1", 0, 22, "Ann is ann@example.com")],
    )
    masked = pii.mask(sample, pii.find(sample))
    assert masked.messages[1].reasoning == "It goes to <EMAIL_ADDRESS>."
    assert masked.messages[1].tool_calls[0].arguments == {"to": ["<EMAIL_ADDRESS>"], "body": {"text": "call <PHONE_NUMBER>", "retries": 3}}
    assert masked.rejected[0].content == "I call <PHONE_NUMBER>."
    assert masked.evidence[0].quote == "Ann is <EMAIL_ADDRESS>"
    assert pii.find(masked) == []


def test_marks_count_characters_of_their_own_field():
    sample = row("é" * 300 + " ann@example.com", "中文" * 200 + "13800138000")
    marks = pii.find(sample)
    assert [sample.messages[m["message"]].content[m["start"] : m["end"]] for m in marks] == ["ann@example.com", "13800138000"]


@pytest.mark.parametrize(
    "part",
    ["+1" + "2" * 80 + "x", "IBAN " + "AB12" * 40, "a." * 400, "://a:" * 300, "+1 (2)(3)(4)(5)(6)(7)(8) ", "-----BEGIN PRIVATE KEY-----"],
)
def test_hostile_text_takes_no_longer_than_other_text(part):
    import time

    start = time.process_time()
    pii.scan((part + " \n") * max(1, 20_000 // len(part)))
    assert time.process_time() - start < 3
