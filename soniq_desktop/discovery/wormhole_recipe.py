"""What a wormhole is made from: ends, settings and a seed, as JSON beside the playlist that came of it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from soniq_desktop.common.errors import SoniqError

SHORTEST, LONGEST = 4, 40  # tracks, both ends included
LEAST_SECONDS = 45.0  # shorter files are jingles and sound effects more often than songs
ENERGY_CURVES: dict[str, tuple[float, ...]] = {  # control points, evenly spaced over the path
    "rise": (0.2, 0.42, 0.63, 0.85),
    "arc": (0.3, 0.7, 0.7, 0.3),
    "calm": (0.6, 0.45, 0.3, 0.15),
}


class RecipeError(SoniqError):
    """Settings of a wormhole that cannot be met together, or that were written by something else."""


@dataclass(frozen=True, slots=True)
class Stop:
    """A track that the user chose. Its sound finds it again where its number has changed."""

    track_id: int
    audio_hash: str | None = None


@dataclass(frozen=True, slots=True)
class Pin:
    """A track that stands at one place of the path (0 is the start)."""

    place: int
    stop: Stop


@dataclass(frozen=True, slots=True)
class Recipe:
    """Settings of a path; the same recipe over the same library gives the same path.

    Attributes:
        start, end: the ends; the same recording twice makes a round trip.
        via: stops on the way, in this order.
        length: tracks in all, 4 to 40.
        seed: chooses among the detours; without a detour it changes nothing.
        detour: 0 is the most direct way, 1 the most scenic.
        artist_cap: tracks per artist at most, 0 for any number. Ends and stops count, but are never refused.
        energy: wanted energy (0 to 1) along the path: control points at equal distances; empty for any.
        keys: prefer hops between keys that are neighbours on the Camelot wheel.
        fresh_days: leave out what was played within so many days; 0 leaves nothing out.
        liked: only liked tracks between the chosen ones.
        pins: tracks that keep their place.
        avoid: tracks that the path must not take, unless they are chosen.
        least_seconds: leave out what is shorter, or shorter than the shortest of the chosen tracks.

    Raises:
        RecipeError: a value is out of range, or there are more stops than tracks.
    """

    start: Stop
    end: Stop
    via: tuple[Stop, ...] = ()
    length: int = 12
    seed: int = 0
    detour: float = 0.0
    artist_cap: int = 2
    energy: tuple[float, ...] = ()
    keys: bool = False
    fresh_days: float = 0.0
    liked: bool = False
    pins: tuple[Pin, ...] = ()
    avoid: tuple[Stop, ...] = ()
    least_seconds: float = LEAST_SECONDS

    def __post_init__(self) -> None:
        if not SHORTEST <= self.length <= LONGEST:
            raise RecipeError(f"A wormhole has {SHORTEST} to {LONGEST} tracks, not {self.length}.")
        stops = len({stop.track_id for stop in (*self.via, *(pin.stop for pin in self.pins))})
        if stops + 2 > self.length:
            raise RecipeError(
                f"{stops} stops and two ends do not fit into {self.length} tracks.",
                "Make the path longer or leave out a stop.",
            )
        if not all(0 <= share <= 1 for share in (self.detour, *self.energy)):
            raise RecipeError("Detour and energy are numbers from 0 to 1.")
        if self.artist_cap < 0 or not all(
            0 <= v < float("inf") for v in (self.fresh_days, self.least_seconds)
        ):
            raise RecipeError("Tracks per artist, days and seconds cannot be negative.")

    def as_data(self) -> dict[str, Any]:
        """The recipe as JSON types."""
        lists = {name: [asdict(each) for each in getattr(self, name)] for name in ("via", "pins", "avoid")}
        return asdict(self) | lists | {"energy": list(self.energy)}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "Recipe":
        """The recipe of `as_data`.

        Raises:
            RecipeError: it is not one.
        """
        try:
            stops = {
                "start": Stop(**data["start"]),
                "end": Stop(**data["end"]),
                "via": tuple(Stop(**stop) for stop in data.get("via", ())),
                "pins": tuple(Pin(int(pin["place"]), Stop(**pin["stop"])) for pin in data.get("pins", ())),
                "avoid": tuple(Stop(**stop) for stop in data.get("avoid", ())),
                "energy": tuple(float(share) for share in data.get("energy", ())),
            }
            return cls(**{"least_seconds": 0.0, **data, **stops})  # kept before there was a least length
        except (KeyError, TypeError, ValueError) as error:
            raise RecipeError("This is not the recipe of a wormhole.") from error


def with_another(recipe: Recipe, path: Sequence[Stop], place: int) -> Recipe:
    """The recipe of the same path with another track at one place; the others keep theirs.

    Raises:
        RecipeError: there is an end at that place, or nothing.
    """
    if not 0 < place < len(path) - 1:
        raise RecipeError("The ends of a wormhole are yours to choose.", "Choose another start or end.")
    refused = path[place]
    pins = tuple(Pin(i, stop) for i, stop in enumerate(path) if i not in (0, place))
    via = tuple(stop for stop in recipe.via if stop.track_id != refused.track_id)
    return replace(recipe, length=len(path), via=via, pins=pins, avoid=(*recipe.avoid, refused))


def energy_curve(text: str) -> tuple[float, ...]:
    """Control points of a curve by name ("rise", "arc", "calm", "free") or as numbers ("0.2, 0.8").

    Raises:
        RecipeError: neither.
    """
    if text.strip().casefold() in ("", "free"):
        return ()
    if (named := ENERGY_CURVES.get(text.strip().casefold())) is not None:
        return named
    try:
        return tuple(float(part) for part in text.split(","))
    except ValueError:
        names = ", ".join(ENERGY_CURVES)
        raise RecipeError(
            f"“{text}” is not an energy curve.", f"Say {names}, or numbers from 0 to 1 with commas."
        ) from None
