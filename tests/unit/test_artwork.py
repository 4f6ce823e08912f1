"""The cache of covers."""

from soniq_desktop.common.paths import Paths
from soniq_desktop.library import artwork
from tests.scan_fixtures import png


def test_a_picture_is_stored_once_under_the_hash_of_its_bytes(tmp_path):
    key = artwork.store(tmp_path, png())
    written = artwork.original_path(tmp_path, key).stat().st_mtime_ns
    assert artwork.store(tmp_path, png()) == key
    assert artwork.original_path(tmp_path, key).stat().st_mtime_ns == written
    assert artwork.store(tmp_path, png(colour=(0, 0, 0))) != key
    assert artwork.original_path(tmp_path, key).read_bytes() == png()


def test_a_half_written_picture_is_written_again(tmp_path):
    key = artwork.store(tmp_path, png())
    artwork.original_path(tmp_path, key).write_bytes(b"half")
    assert artwork.store(tmp_path, png()) == key
    assert artwork.original_path(tmp_path, key).read_bytes() == png()


def test_what_is_no_picture_or_too_large_is_not_stored(tmp_path):
    assert artwork.store(tmp_path, b"") is None
    assert artwork.store(tmp_path, b"text" * 100) is None
    assert artwork.store(tmp_path, png() + bytes(artwork.MAX_BYTES)) is None
    assert list(tmp_path.iterdir()) == []


def test_cover_goes_before_folder_and_case_does_not_matter(tmp_path):
    for name in ("back.jpg", "Folder.png", "COVER.Jpeg", "front.jpg", "cover.txt"):
        (tmp_path / name).write_bytes(png())
    assert artwork.folder_picture(str(tmp_path)) == str(tmp_path / "COVER.Jpeg")
    (tmp_path / "COVER.Jpeg").unlink()
    assert artwork.folder_picture(str(tmp_path)) == str(tmp_path / "Folder.png")


def test_a_folder_without_a_picture_or_that_is_gone_has_none(tmp_path):
    assert artwork.folder_picture(str(tmp_path)) is None
    assert artwork.store_folder_picture(tmp_path, str(tmp_path / "gone")) is None


def test_the_thumbnail_is_shown_where_there_is_one_else_the_original(tmp_path):
    paths = Paths.under(tmp_path).ensure()
    key = artwork.store(paths.artwork, png())
    assert artwork.artwork_path(paths, key, 64) == artwork.original_path(paths.artwork, key)
    thumbnail = artwork.thumbnail_path(paths.artwork, key, 320)
    thumbnail.write_bytes(png())
    assert artwork.artwork_path(paths, key, 200) == thumbnail
    assert artwork.artwork_path(paths, key, 1000) == artwork.original_path(paths.artwork, key)
    assert artwork.artwork_path(paths, "0" * 32, 64) is None


def test_the_cache_says_that_it_is_one(tmp_path):
    assert not artwork.is_marked(tmp_path / "new")
    artwork.mark_cache(tmp_path / "new")
    assert artwork.is_marked(tmp_path / "new")
    assert (
        (tmp_path / "new" / "CACHEDIR.TAG")
        .read_text()
        .startswith("Signature: 8a477f597d28d172789f06886806bc55")
    )
