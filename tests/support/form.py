"""A file as clients send it."""

BOUNDARY = "8dd0a1b2c3d4e5f"


def form_data(
    data: bytes = b"\x89PNG\r\n\x1a\n\x00\xff", name: str = "picture.png", *, part: str = "file"
) -> tuple[str, bytes]:
    """`Content-Type`, with the charset that one client puts before the boundary, and the body."""
    head = f'--{BOUNDARY}\r\nContent-Disposition:form-data;name="{part}";filename="{name}"\r\n'
    head += "Content-Type:application/octet-stream\r\n\r\n"
    return (
        f"multipart/form-data;charset=utf-8;boundary={BOUNDARY}",
        head.encode() + data + f"\r\n--{BOUNDARY}--\r\n".encode(),
    )
