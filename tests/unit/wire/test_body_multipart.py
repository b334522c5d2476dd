"""A file out of a form, as clients send it."""

import pytest

from gateway.wire.body import FilePart, read_file
from gateway.wire.errors import Refused
from tests.support.form import BOUNDARY, form_data

BYTES = bytes(range(256)) * 700 + b"\r\n--no boundary\r\n"
PLAIN = f"multipart/form-data; boundary={BOUNDARY}"


@pytest.mark.parametrize("data", [b"", b"\r\n", b"x", BYTES], ids=["nothing", "a line end", "one byte", "much"])
def test_the_bytes_of_the_file_are_those_that_were_sent(data: bytes) -> None:
    content_type, body = form_data(data)
    assert read_file(body, content_type) == FilePart("picture.png", data)


@pytest.mark.parametrize("content_type", [PLAIN, f'Multipart/Form-Data;boundary="{BOUNDARY}"; charset=utf-8'])
def test_the_boundary_is_read_however_it_is_written(content_type: str) -> None:
    assert (read_file(form_data()[1], content_type)).name == "picture.png"


@pytest.mark.parametrize(
    ("sent", "name"),
    [
        ("C:\\\\My Files\\\\a.png", "a.png"),
        ("../../etc/passwd", "passwd"),
        ("bild ä.png", "bild ä.png"),
        ("folder/", "file"),
    ],
)
def test_a_name_has_no_folders(sent: str, name: str) -> None:
    assert (read_file(form_data(name=sent)[1], PLAIN)).name == name


def test_other_parts_mean_nothing() -> None:
    other = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="remark"\r\n\r\ntext\r\n'.encode()
    assert (read_file(other + form_data()[1], PLAIN)).name == "picture.png"


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("", form_data()[1]),
        ("application/json", b"{}"),
        ("multipart/form-data", form_data()[1]),
        (f"multipart/form-data;boundary={'x' * 71}", form_data()[1]),
        (PLAIN, b""),
        (PLAIN, b"no form"),
        (PLAIN, form_data(part="picture")[1]),
        (PLAIN, form_data(name="")[1]),
        (PLAIN, form_data()[1][:60]),
        (PLAIN, form_data()[1][:-30]),
        (PLAIN, f"--{BOUNDARY}\r\n{'x' * 100_000}\r\n\r\n".encode()),
        (PLAIN, f"--{BOUNDARY}\r\nno header\r\n\r\nx\r\n--{BOUNDARY}--\r\n".encode()),
        (PLAIN, f"--{BOUNDARY}--\r\n".encode()),
        (PLAIN, f"--{BOUNDARY}--".encode() + form_data()[1]),
    ],
)
def test_what_is_no_file_is_a_malformed_message(content_type: str, body: bytes) -> None:
    with pytest.raises(Refused) as refused:
        read_file(body, content_type)
    assert (refused.value.retcode, refused.value.message.partition(":")[0]) == ("000-006", "body")
