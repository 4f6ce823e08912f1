"""What the settings say of sound models. No Qt."""

from soniq_desktop.lab.embed.sound_choices import TITLES, SoundChoice
from soniq_desktop.lab.embed.specs import BUILT_IN
from soniq_desktop.services.sound_model import SoundState
from soniq_desktop.ui.songs.text import file_size, songs, time_left

MANY = 100_000  # songs: what a large library would take is told beside one's own
UNITS = (("days", 86_400), ("hours", 3_600), ("minutes", 60))


def title_of(name: str) -> str:
    """A model's name for people."""
    return TITLES.get(name, name)


def option(choice: SoundChoice) -> str:
    """A model in the list of models."""
    if choice.state == "package":
        return f"{choice.title} (not installed)"
    return choice.title


def about(seconds: float) -> str:
    """ "about 3 hours"."""
    for unit, length in UNITS:
        if seconds >= 2 * length:
            return f"about {seconds / length:.0f} {unit}"
    return f"about {max(1.0, seconds):.0f} seconds"


def cost(choice: SoundChoice, count: int, workers: int) -> str:
    """ "34 songs: about 20 seconds, 36 kB on the disk"."""
    seconds = choice.seconds(count, workers)
    time = "nobody has measured how long" if seconds is None else about(seconds)
    return f"{songs(count)}: {time}, {file_size(choice.disk(count))} on the disk"


def facts(choice: SoundChoice, count: int, workers: int) -> list[str]:
    """What is to be known before a model begins to hear, a line each."""
    spec = choice.spec
    origin = {
        "fetch": f"Its weights are fetched once from the model hub, {spec.source}.",
        "weights": "Its weights are your own: soniq lab train-genre --network resnet18 makes them.",
    }.get(
        choice.state,
        "It comes with SONIQ." if spec.source == BUILT_IN else "Its weights were fetched before.",
    )
    lines = [f"{spec.dim:,} numbers a song. {origin}", f"Licence of the weights: {spec.licence}."]
    if spec.remote_code:
        lines.append("It runs code that comes with the weights.")
    lines += [f"{cost(choice, max(count, 1), workers)}.", f"For comparison, {cost(choice, MANY, workers)}."]
    return lines


def status(state: SoundState, used: str) -> str:
    """Where a change stands; `used` is the title of the model in use. Empty where there is nothing to say."""
    title, progress = title_of(state.wanted), state.progress
    stays = f"{used} stays in use until then."
    if state.step == "preparing":
        return f"{title} is being fetched and tried. {stays}"
    if state.step == "switching":
        return f"The index of {title} is being made. {stays}"
    if state.step == "hearing":
        if progress is None and state.busy:
            return f"{title} hears your songs once SONIQ has listened to them. {stays}"
        if progress is None:
            return f"{title} waits to hear your songs. {stays}"
        left = (
            f", {time_left(progress.seconds_left)}" if progress.seconds_left and not progress.paused else ""
        )
        paused = ", paused" if progress.paused else ""
        return f"{title} has heard {progress.done:,} of {songs(progress.total)}{left}{paused}. {stays}"
    return state.trouble
