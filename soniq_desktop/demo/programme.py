"""What the demo library holds: invented artists, albums and titles, and the function that writes each piece.

Plain data: importing this costs nothing, so the window can say how many pieces there will be.
"""

from dataclasses import dataclass

SEED = 20260
VERSION = 1  # part of the folder's name: another version is composed anew


@dataclass(frozen=True, slots=True)
class Entry:
    """One piece; `style` names a function "module:function" below `demo.styles`."""

    title: str
    style: str
    genre: str
    description: str
    number: int
    album: str
    artist: str
    year: int
    cover: str

    @property
    def file_name(self) -> str:
        return f"{self.number:02d} {self.title}.flac"

    @property
    def folder(self) -> str:
        return f"{self.artist} - {self.album}"

    @property
    def seed(self) -> tuple[int, int]:
        return SEED, INDEX[self.artist, self.album, self.number]


# album: artist, title, year, cover, then (title, style, genre, description)
_ALBUMS = (
    ("Isobar Garden", "Slow Weather", 2021, "sun", (
        ("Fog on the Reservoir", "ambient:drone", "Ambient", "ambient drone"),
        ("Lanterns, Receding", "ambient:glass", "Ambient", "ambient arpeggios"),
        ("Lullaby for a Weather Balloon", "ambient:lullaby", "Ambient", "lullaby"),
    )),
    ("Night Tram", "Last Stop, Then Sunrise", 2023, "stripes", (
        ("Platform Nine, 2 a.m.", "electronic:house", "Electronic", "deep house"),
        ("Copper Overhead", "electronic:techno", "Electronic", "techno"),
        ("Tunnel Swifts", "electronic:drum_and_bass", "Electronic", "drum and bass"),
        ("Windows Down on Line 4", "electronic:synth_pop", "Pop", "synth pop"),
    )),
    ("Paper Subway", "Coins and Corners", 2022, "blocks", (
        ("Corner Shop Theory", "beats:boom_bap", "Hip-Hop", "boom bap"),
        ("Chrome Umbrella", "beats:trap", "Hip-Hop", "trap"),
        ("Sunday, Slowly", "beats:lofi", "Hip-Hop", "lo-fi hip-hop"),
    )),
    ("The Granite Kites", "Weather Permitting", 2019, "mountains", (
        ("Kite Season", "rock:rock", "Rock", "rock"),
        ("Anvil Front", "rock:metal", "Metal", "heavy metal"),
        ("The Slow Lighthouse", "rock:post_rock", "Rock", "post-rock"),
        ("Gravel and Honey", "rock:blues", "Blues", "blues shuffle"),
    )),
    ("Odile Marsh Trio", "Three Chairs", 2018, "arcs", (
        ("The Third Chair", "jazz:trio", "Jazz", "jazz trio"),
        ("Brass Elevator", "jazz:swing", "Jazz", "swing"),
        ("Praia de Vidro", "jazz:bossa", "Jazz", "bossa nova"),
        ("Five Umbrellas, Three Beats", "jazz:jazz_waltz", "Jazz", "jazz waltz"),
    )),
    ("Velden Players", "Rooms with Windows", 2016, "windows", (
        ("Quartet for an Open Window", "classical:quartet", "Classical", "string quartet"),
        ("Nocturne in D flat", "classical:nocturne", "Classical", "piano nocturne"),
        ("Invention for a Clock", "classical:baroque", "Classical", "baroque"),
        ("Waltz of the Umbrella Stand", "classical:waltz", "Classical", "waltz"),
        ("Chorale at Noon", "classical:chorale", "Classical", "organ chorale"),
    )),
    ("Rosalind Quay", "Low Branches", 2020, "leaves", (
        ("Low Branches", "folk:fingerpicking", "Folk", "folk guitar"),
        ("The Ferryman's Boots", "folk:reel", "Folk", "reel"),
        ("Heather and Harp", "folk:heather", "Folk", "harp ballad"),
    )),
    ("Sunday Furnace", "Warm Machinery", 2017, "record", (
        ("Butter and Brass", "soul:soul", "Soul", "soul"),
        ("Elbow Grease", "soul:funk", "Soul", "funk"),
        ("Open the Shutters", "soul:gospel", "Soul", "gospel"),
        ("Mirror Ball Bureau", "electronic:disco", "Soul", "disco"),
    )),
    ("Shade Tree Radio", "Under the Almond", 2015, "palm", (
        ("Almond Shade", "beats:reggae", "Reggae", "reggae"),
        ("Echo Post Office", "beats:dub", "Reggae", "dub"),
    )),
    ("Button Orchard", "Continue?", 2024, "pixels", (
        ("Coin-Fed Comet", "electronic:chip", "Electronic", "chip music"),
        ("Save Point", "electronic:chip_waltz", "Electronic", "chip waltz"),
    )),
)  # fmt: skip

ENTRIES: tuple[Entry, ...] = tuple(
    Entry(title, style, genre, description, number, album, artist, year, cover)
    for artist, album, year, cover, pieces in _ALBUMS
    for number, (title, style, genre, description) in enumerate(pieces, 1)
)
INDEX = {(entry.artist, entry.album, entry.number): position for position, entry in enumerate(ENTRIES)}
