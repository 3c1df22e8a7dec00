"""A photo is kept as its points alone: nothing that a camera writes beside them, and no file that is no picture."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import ExifTags, Image

from mdt.operations import photos
from mdt.operations.acts import Refused

PLACE = "Harbor House"


def sent(kind: str = "JPEG", mode: str = "RGB", size: tuple[int, int] = (1600, 800), **more: object) -> bytes:
    """A picture, red on its left half and blue on its right, as a file of this kind."""
    picture = Image.new("RGB", size, "red")
    picture.paste("blue", (size[0] // 2, 0, size[0], size[1]))
    made = BytesIO()
    if mode == "I;16":
        picture = picture.convert("I")
    picture.convert(mode).save(made, kind, **more)
    return made.getvalue()


def kept(file: bytes) -> Image.Image:
    return Image.open(BytesIO(photos.picture_of(photos.clean(file))))


def as_a_phone_writes_it() -> bytes:
    """On its side, with the place, the owner and a word of theirs."""
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation], exif[ExifTags.Base.Artist] = 6, PLACE
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitude] = (40.0, 26.0, 46.0)
    return sent(exif=exif, comment=PLACE.encode())


def test_what_a_camera_writes_beside_a_picture_stays_behind() -> None:
    file = as_a_phone_writes_it()
    assert PLACE.encode() in file and Image.open(BytesIO(file)).getexif().get_ifd(ExifTags.IFD.GPSInfo)
    picture = kept(file)
    assert not picture.getexif() and not {"exif", "comment", "icc_profile"} & picture.info.keys()
    assert PLACE.encode() not in photos.picture_of(photos.clean(file))


def test_it_stands_upright_and_is_no_larger_than_helps() -> None:
    picture = kept(as_a_phone_writes_it())
    assert picture.size == (600, 1200), "turned by a quarter, and made smaller"
    top, bottom = picture.getpixel((300, 100)), picture.getpixel((300, 1100))
    assert top[0] > 200 > 60 > top[2] and bottom[2] > 200 > 60 > bottom[0]  # type: ignore[index, operator]
    assert kept(sent(size=(90, 60))).size == (90, 60), "a small one stays small"


@pytest.mark.parametrize(
    ("kind", "mode"), [("PNG", "RGBA"), ("PNG", "P"), ("PNG", "LA"), ("PNG", "I;16"), ("WEBP", "RGB"), ("JPEG", "CMYK")]
)
def test_every_kind_of_picture_that_is_taken_becomes_the_same_kind(kind: str, mode: str) -> None:
    picture = kept(sent(kind, mode))
    assert (picture.format, picture.mode, picture.size) == ("JPEG", "RGB", (1200, 600))


@pytest.mark.parametrize(
    "file",
    [b"", b"%PDF-1.7", b"<svg xmlns='http://www.w3.org/2000/svg'/>", sent("GIF"), sent("BMP"), sent()[:2000],
     sent("PNG")[:-40], b"\xff\xd8\xff" + b"\0" * 5000],
    ids=["nothing", "pdf", "svg", "gif", "bmp", "half a jpeg", "no end", "a head alone"],
)  # fmt: skip
def test_what_is_no_picture_is_refused_in_words(file: bytes) -> None:
    with pytest.raises(Refused, match="Send a JPEG, PNG or WebP picture"):
        photos.clean(file)


def test_a_small_file_that_unfolds_into_a_huge_picture_is_refused_before_it_is_unfolded() -> None:
    made = BytesIO()
    Image.new("1", (20_000, 4_200)).save(made, "PNG")
    assert len(made.getvalue()) < 100_000
    with pytest.raises(Refused, match="too many points"):
        photos.clean(made.getvalue())
