"""Text files in the encodings that people still have."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curate import encodings
from curate.errors import DocumentError

CHINESE = "人工智能是研究如何使机器像人一样思考的学科，本章介绍它的历史和现在的应用。"
TRADITIONAL = "人工智慧是研究如何使機器像人一樣思考的學科，本章介紹它的歷史和現在的應用。"
JAPANESE = "この文書では、新しい機能の使い方を説明します。詳しくはマニュアルをご覧ください。"
KOREAN = "이 문서는 새로운 기능을 사용하는 방법을 설명합니다. 자세한 내용은 설명서를 보십시오."
RUSSIAN = "Этот документ описывает, как пользоваться новыми функциями программы и где искать помощь."
GREEK = "Αυτό το έγγραφο περιγράφει πώς να χρησιμοποιήσετε τις νέες λειτουργίες του προγράμματος."
HEBREW = "מסמך זה מתאר כיצד להשתמש בתכונות החדשות של התוכנה והיכן לחפש עזרה נוספת."
ARABIC = "يصف هذا المستند كيفية استخدام الميزات الجديدة في البرنامج وأين يمكن العثور على المساعدة."
POLISH = "Ten dokument opisuje, jak używać nowych funkcji programu, żeby łatwiej znaleźć właściwą pomoc."
GERMAN = "Größere Änderungen müssen vor der Übergabe geprüft und bestätigt werden – für 5 €."
FRENCH = "Les pièces jointes doivent être vérifiées à l’arrivée, où qu’elles aient été créées."


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (CHINESE, "gb18030"),
        (CHINESE, "gbk"),
        (TRADITIONAL, "big5"),
        (JAPANESE, "shift_jis"),
        (JAPANESE, "euc_jp"),
        (JAPANESE, "iso2022_jp"),
        (KOREAN, "euc_kr"),
        (RUSSIAN, "cp1251"),
        (RUSSIAN, "koi8-r"),
        (RUSSIAN, "cp866"),
        (GREEK, "cp1253"),
        (HEBREW, "cp1255"),
        (ARABIC, "cp1256"),
        (POLISH, "cp1250"),
        (POLISH, "iso8859-2"),
        (GERMAN, "cp1252"),
        (FRENCH, "cp1252"),
        (CHINESE, "utf-8"),
        (RUSSIAN, "utf-8-sig"),
        (CHINESE, "utf-16"),
        (GERMAN, "utf-16-le"),
        (GERMAN, "utf-16-be"),
        (CHINESE + "\n" + GERMAN, "utf-16-le"),
        (FRENCH, "utf-32"),
        (FRENCH, "utf-32-le"),
    ],
)
def test_a_text_is_read_back_from_its_encoding(text: str, encoding: str) -> None:
    assert encodings.decode(text.encode(encoding))[0] == text


def test_a_declared_charset_is_believed_where_it_fits_and_not_where_it_does_not() -> None:
    assert encodings.decode("žluťoučký kůň".encode("iso8859-2"), "iso-8859-2")[0] == "žluťoučký kůň"
    assert encodings.decode(CHINESE.encode(), "iso-8859-1") == (CHINESE, "utf-8")
    assert encodings.decode(RUSSIAN.encode("koi8-r"), "windows-1252")[0] == RUSSIAN
    assert encodings.decode(GERMAN.encode("cp1252"), "no-such-charset")[0] == GERMAN


def test_the_charset_of_a_page_is_found_in_its_head() -> None:
    assert encodings.declared(b'<meta http-equiv="Content-Type" content="text/html; charset=GB2312">') == "GB2312"
    assert encodings.declared(b'<?xml version="1.0" encoding="koi8-r"?>') == "koi8-r"
    assert encodings.declared(b"<p>no word of it") == ""


def test_a_few_broken_bytes_in_a_long_utf8_text_cost_only_themselves() -> None:
    text, name = encodings.decode((RUSSIAN * 3).encode() + b" \xff. " + RUSSIAN.encode())
    assert name == "utf-8"
    assert text == RUSSIAN * 3 + " \ufffd. " + RUSSIAN


def test_every_kind_of_line_end_becomes_a_newline() -> None:
    assert encodings.decode(b"a\r\nb\rc\nd")[0] == "a\nb\nc\nd"


def test_binary_data_is_refused_with_a_hint() -> None:
    with pytest.raises(DocumentError, match="binary") as caught:
        encodings.decode(bytes(range(256)) * 20)
    assert caught.value.hint
    assert not encodings.is_text(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")
    assert encodings.is_text(GERMAN.encode("utf-16"))


@given(st.text(st.characters(exclude_characters="\r\0\u2028\u2029\ufeff", exclude_categories=["Cs", "Cc"]), max_size=200))
def test_valid_utf8_is_always_read_as_it_is(text: str) -> None:
    assert encodings.decode(text.encode())[0] == text


@given(st.binary(max_size=300))
def test_no_bytes_at_all_make_it_crash(data: bytes) -> None:
    try:
        text, name = encodings.decode(data)
    except DocumentError:
        return
    assert isinstance(text, str)
    assert name
