"""Stems as the window sees them: engines, one separation at a time, the mixer, presets, export."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer, Signal

from soniq_desktop.audio.mixer import Lane, Mix, MixState, gains
from soniq_desktop.common.control import Control
from soniq_desktop.common.paths import Paths
from soniq_desktop.library.records import Track
from soniq_desktop.models.store import ModelStore
from soniq_desktop.services.models import ModelService
from soniq_desktop.services.player import PlayerService
from soniq_desktop.services.stem_choices import EngineChoice, choices
from soniq_desktop.services.stem_jobs import SeparationThread, StemProgress
from soniq_desktop.services.stem_reports import for_window, sentences, sound_of, state_of
from soniq_desktop.services.tasks import Tasks
from soniq_desktop.stems import presets as ready_made
from soniq_desktop.stems.balance import matching_gain
from soniq_desktop.stems.bars import loop_of_bars
from soniq_desktop.stems.cache import StemCache
from soniq_desktop.stems.engine import ENGINES, EngineSpec, engine_spec
from soniq_desktop.stems.errors import ExistsError
from soniq_desktop.stems.export import ExportRequest, export
from soniq_desktop.stems.forecast import Paces, threads
from soniq_desktop.stems.job import Job
from soniq_desktop.stems.presets import Presets
from soniq_desktop.stems.separation import Progress, Separation
from soniq_desktop.stems.stem_set import StemSet

REMIX_MS = 40  # a slider that is dragged is heard 25 times a second
METER = 0.05  # seconds that a level is taken from
SOON = 2.0  # seconds: what becomes ready nearer than that to the playhead is put in at once
STOP_WAIT = 8000  # ms


@dataclass(eq=False)
class OpenStems:
    """The track in the mixer."""

    track: Track
    spec: EngineSpec
    stem_set: StemSet
    mix: Mix

    @property
    def stems(self) -> tuple[str, ...]:
        return self.stem_set.layout.stems if self.stem_set.layout else self.spec.stems


class StemService(QObject):
    """All methods return at once; signals and `done` come on the GUI thread."""

    progress = Signal(object)  # StemProgress | None when nothing runs
    chunk_ready = Signal(int, float, float)  # track id, from and to in seconds: sound and waveform are there
    failed = Signal(str, str)  # sentence, hint
    opened = Signal(object)  # OpenStems | None
    mixer_changed = Signal(object)  # MixState
    exported = Signal(list)  # list[Path]
    export_progress = Signal(float)  # 0 to 1
    export_failed = Signal(str, str, bool)  # sentence, hint; True: a file of that name is there already
    presets_changed = Signal()
    message = Signal(str)
    _share = Signal(float)

    def __init__(
        self,
        paths: Paths,
        tasks: Tasks,
        player: PlayerService,
        presets: Presets,
        parent: QObject | None = None,
        *,
        cache_limit: int | None = None,
    ) -> None:
        super().__init__(parent)
        self._paths, self._tasks, self._player, self._presets = paths, tasks, player, presets
        self.models = ModelService(ModelStore(paths.models), tasks, self)
        self.models.failed.connect(self.failed)
        self._cache = StemCache(paths.stems, *([] if cache_limit is None else [cache_limit]))
        self._paces = Paces(paths.stems / "pace.json")
        self._open: OpenStems | None = None
        self._state = MixState()
        self._thread: SeparationThread | None = None
        self._running: tuple[Track, EngineSpec, StemSet] | None = None
        self._waiting: tuple[Track, str] | None = None  # paused: what `resume` takes up
        self._exporting = Control()
        self._remix = QTimer(self, singleShot=True, interval=REMIX_MS)
        self._remix.timeout.connect(self._player.remix)
        self._share.connect(self.export_progress)

    def close(self) -> None:
        """Stop everything and wait for it; what is finished is kept. Idempotent."""
        self._remix.stop()
        self._exporting.cancel()
        self.models.close()
        if self._thread is not None:
            self._thread.control.cancel()
            self._thread.wait(STOP_WAIT)
        self._thread = None

    def engines(self, track: Track, done: Callable[[list[EngineChoice]], None]) -> None:
        """What there is to choose from for a track."""
        self._tasks.run(
            lambda: choices(track, self.models.store, self._cache, self._paces),
            done,
            self._say,
            key="stem-engines",
        )

    # separating

    def open(self, track: Track, engine: str | None = None) -> None:
        """Put what the cache has of a track into the mixer (the fullest engine's, or one's own choice).

        `opened` follows: with None where nothing of it is there.
        """
        self._tasks.run(lambda: self._find(track, engine), self._take_open, self._say, key="stem-open")

    def _find(self, track: Track, engine: str | None) -> OpenStems | None:
        found = [self._stems_of(track, spec) for spec in ENGINES.values() if engine in {None, spec.name}]
        full = [each for each in found if each.stem_set.done() and each.stem_set.layout]
        return max(full, key=lambda each: each.stem_set.seconds_ready, default=None)

    def _stems_of(self, track: Track, spec: EngineSpec) -> OpenStems:
        stem_set = self._cache.open(sound_of(track), spec)
        rate = stem_set.layout.sample_rate if stem_set.layout else 44_100
        return OpenStems(track, spec, stem_set, Mix(track.path, stem_set, rate, MixState()))

    def start(self, track: Track, engine: str, *, force: bool = False) -> None:
        """Take a track apart, beginning where it plays; `force`: even if memory looks short.

        A separation that runs is paused for it. `failed` tells why it cannot be started or went wrong.
        """
        if self._thread is not None:
            self.pause()
            self._finish_thread()
        self._waiting = None
        spec, weights = engine_spec(engine), self.models.store.path(engine_spec(engine).model)
        if weights is None:
            self.failed.emit(
                f"The weights of {spec.title} are not on this computer.", "Fetch or import them first."
            )
            return
        playing = self._player.track()
        at = self._player.position() if playing is not None and playing.id == track.id else 0.0

        def prepare() -> tuple[OpenStems, str]:
            self._cache.sweep()
            sound = sound_of(track)
            self._cache.trim(keep=sound)
            return self._stems_of(track, spec), sound

        def begin(prepared: tuple[OpenStems, str]) -> None:
            stems, sound = prepared
            job = Job(track.path, sound, spec, weights, self._paths.stems, at, threads=threads())
            self._begin(stems, Separation(job, stems.stem_set, self._paces, force))

        self._tasks.run(prepare, begin, self._say, key="stem-start")

    def _begin(self, stems: OpenStems, separation: Separation) -> None:
        self._running = (stems.track, stems.spec, stems.stem_set)
        self.progress.emit(StemProgress(stems.track.id, stems.spec.name, "loading"))
        self._take_open(stems)
        self._thread = SeparationThread(separation, self)
        self._thread.reported.connect(self._take_progress)
        self._thread.ended.connect(self._take_end)
        self._thread.start()

    def pause(self) -> None:
        """Stop for now: processor and memory are free at once, finished chunks stay."""
        if self._thread is not None:
            self._thread.control.pause()

    def resume(self) -> None:
        """Go on with what was paused."""
        if self._waiting is not None:
            self.start(*self._waiting)

    def cancel(self) -> None:
        """Stop; finished chunks stay in the cache and play."""
        self._waiting = None
        if self._thread is not None:
            self._thread.control.cancel()
        else:
            self.progress.emit(None)

    def _take_progress(self, progress: Progress) -> None:
        if self._running is None:
            return
        track, spec, stem_set = self._running
        if progress.stage != "paused":
            self.progress.emit(for_window(track, spec, progress))
        layout = stem_set.layout
        if layout is None or not progress.new:
            return
        if self._open is not None and self._open.stem_set is stem_set:
            self._open.mix.sample_rate = layout.sample_rate
        for index in progress.new:
            begin, end = layout.grid.span(index, layout.frames)
            self.chunk_ready.emit(track.id, begin / layout.sample_rate, end / layout.sample_rate)
            self._hear_soon(track, begin / layout.sample_rate, end / layout.sample_rate)
        self._balance()

    def _hear_soon(self, track: Track, begin: float, end: float) -> None:
        """A chunk around the playhead, or shortly before it, replaces the file that is on its way already."""
        at, playing = self._player.position(), self._player.track()
        if (
            playing is not None
            and playing.id == track.id
            and begin - SOON < at < end
            and not self._state.neutral
        ):
            self._remix.start()

    def _take_end(self, end: str, sentence: str, hint: str) -> None:
        if self._running is None:
            return
        track, spec, stem_set = self._running
        self._finish_thread()
        if end == "paused":
            self._waiting = (track, spec.name)
            self.progress.emit(for_window(track, spec, state_of(stem_set, "paused")))
            return
        self.progress.emit(for_window(track, spec, state_of(stem_set, "done")) if end == "done" else None)
        if end == "failed":
            self.failed.emit(sentence, hint)
        if end == "done":
            self._balance()

    def _finish_thread(self) -> None:
        thread, self._thread, self._running = self._thread, None, None
        if thread is not None:
            thread.wait(STOP_WAIT)
            thread.deleteLater()

    def working_on(self) -> int | None:
        """Id of the track that is being taken apart now."""
        return self._running[0].id if self._running is not None else None

    # the mixer

    def current(self) -> OpenStems | None:
        """What is in the mixer."""
        return self._open

    def _take_open(self, found: OpenStems | None) -> None:
        before = self._open
        if before is not None and (found is None or found.track.id != before.track.id):
            self._player.set_mix(before.track.id, None)
        self._open = found
        if found is None:
            self.opened.emit(None)
            return
        kept = (
            self._state
            if before is not None and before.track.id == found.track.id
            else replace(self._state, loop=None, original=False)
        )
        if len(kept.lanes) != len(found.stems):
            kept = replace(kept, lanes=tuple(Lane() for _ in found.stems))
        self._state = found.mix.state = kept
        self._player.set_mix(found.track.id, found.mix)
        self.opened.emit(found)
        self.mixer_changed.emit(self._state)

    def leave(self) -> None:
        """Take the track out of the mixer: it plays as the file that it is."""
        self._take_open(None)

    def mixer(self) -> MixState:
        return self._state

    def set_mixer(self, state: MixState) -> None:
        """Another state, heard within the device's latency; its values are put within their limits."""
        self._state = state.within_limits()
        self._balance(tell=False)
        if self._open is not None:
            self._open.mix.state = self._state
        if not self._remix.isActive():
            self._remix.start()
        self.mixer_changed.emit(self._state)

    def _balance(self, *, tell: bool = True) -> None:
        """Keep the original as loud as the mix, for comparing the two."""
        energies = self._open.stem_set.energies() if self._open is not None else None
        if energies is None:
            return
        pairs, original = energies
        if len(self._state.lanes) != pairs.shape[1]:
            return
        gain = matching_gain(pairs, original, gains(self._state).astype(np.float64))
        self._state = replace(self._state, original_gain=gain)
        if tell and self._open is not None:
            self._open.mix.state = self._state

    def set_lane(self, index: int, lane: Lane) -> None:
        """One lane's controls."""
        lanes = [*self._state.lanes]
        lanes[index] = lane
        self.set_mixer(replace(self._state, lanes=tuple(lanes)))

    def set_loop(self, start: float, end: float) -> None:
        """Repeat from one second to another, to the sample."""
        self.set_mixer(replace(self._state, loop=(start, end)))

    def clear_loop(self) -> None:
        self.set_mixer(replace(self._state, loop=None))

    def set_speed(self, speed: float) -> None:
        """0.5 to 1.5, the pitch kept."""
        self.set_mixer(replace(self._state, speed=speed))

    def set_key(self, semitones: float) -> None:
        """−6 to 6, the speed kept."""
        self.set_mixer(replace(self._state, semitones=semitones))

    def set_original(self, on: bool) -> None:
        """Compare with the file itself, as loud as the mix."""
        self.set_mixer(replace(self._state, original=on))

    @staticmethod
    def loop_of_bars(
        beats: Sequence[float], first: int, last: int, beats_per_bar: int = 4
    ) -> tuple[float, float]:
        """Seconds of bars, from 1, both included. Raises StemsError."""
        return loop_of_bars(beats, first, last, beats_per_bar)

    def peaks(self, stem: str) -> NDArray[np.uint8]:
        """(n,) waveform of a stem, 50 values a second, 255 at full scale, 0 where it is not ready."""
        return self._open.stem_set.peaks(stem) if self._open is not None else np.zeros(0, np.uint8)

    def levels(self) -> NDArray[np.float32]:
        """(lanes, 2) peaks, linear, of what is heard now: 0 where nothing plays or a stem is not ready."""
        stems = self._open
        silent = np.zeros((len(self._state.lanes), 2), np.float32)
        playing = self._player.track()
        if (
            stems is None
            or self._player.state() != "playing"
            or playing is None
            or playing.id != stems.track.id
        ):
            return silent
        frame = round(self._player.position() * stems.mix.sample_rate)
        sound = stems.stem_set.at_hand(frame, round(METER * stems.mix.sample_rate))
        if sound is None:
            self._decode_for_meters(stems.stem_set, frame)
            return silent
        if sound.shape[1] == 0:
            return silent
        return np.asarray(np.abs(sound).max(axis=1) * gains(self._state), np.float32)

    def _decode_for_meters(self, stem_set: StemSet, frame: int) -> None:
        """The player reads the file itself while nothing is changed; the meters want stems all the same."""
        layout = stem_set.layout
        if layout is not None and stem_set.extent(frame)[0]:
            self._tasks.run(lambda: stem_set.chunk(frame // layout.stride), key="stem-meters")

    # presets

    def preset_names(self, done: Callable[[list[str], list[str]], None]) -> None:
        """done(those of SONIQ that fit the stems, the user's own)."""
        stems = self._open.stems if self._open is not None else ()
        self._tasks.run(self._presets.names, lambda own: done(ready_made.available(stems), own), self._say)

    def preset(self) -> str:
        """The preset that the lanes are set to; "Custom" where it is none of SONIQ's."""
        stems = self._open.stems if self._open is not None else ()
        return ready_made.name_of(self._state, stems)

    def apply_preset(self, name: str) -> None:
        """One of SONIQ's, or of the user's."""
        if self._open is None:
            return
        stems = self._open.stems
        if name in ready_made.available(stems):
            self.set_mixer(replace(self._state, lanes=ready_made.built_in(name, stems), original=False))
            return
        state = self._state
        self._tasks.run(lambda: self._presets.get(name, state, stems), self._take_preset, self._say)

    def _take_preset(self, found: MixState | None) -> None:
        if found is not None:
            self.set_mixer(found)

    def save_preset(self, name: str) -> None:
        """Keep the mixer under a name."""
        if self._open is not None:
            state, stems = self._state, self._open.stems
            self._tasks.run(lambda: self._presets.save(name, state, stems), self._presets_saved, self._say)

    def rename_preset(self, name: str, new: str) -> None:
        """Another name for a preset; an older one of that name gives way."""
        self._tasks.run(lambda: self._presets.rename(name, new), self._presets_saved, self._say)

    def delete_preset(self, name: str) -> None:
        self._tasks.run(lambda: self._presets.delete(name), self._presets_saved, self._say)

    def _presets_saved(self, _: None) -> None:
        self.presets_changed.emit()

    # export and space

    def export(self, request: ExportRequest) -> None:
        """Write stems or the mix; `export_progress`, then `exported` or `failed`."""
        if self._open is None:
            return
        stems, self._exporting = self._open, Control()
        if request.state is None:
            request = replace(request, state=self._state)
        control = self._exporting
        self._tasks.run(
            lambda: export(stems.track.path, stems.stem_set, request, self._share.emit, control),
            self.exported.emit,
            self._say_export,
        )

    def _say_export(self, error: Exception) -> None:
        sentence, hint = sentences(error)
        self.export_failed.emit(sentence, hint, isinstance(error, ExistsError))

    def cancel_export(self) -> None:
        self._exporting.cancel()

    def cache_size(self, done: Callable[[int], None]) -> None:
        """Bytes of all stems."""
        self._tasks.run(self._cache.size, done, self._say)

    def free_space(self, done: Callable[[int], None]) -> None:
        """Delete all stems but those in the mixer; done(bytes freed)."""
        keep = self._open.track.audio_hash if self._open is not None else None
        self._tasks.run(lambda: self._cache.clear(keep), done, self._say)

    def _say(self, error: Exception) -> None:
        self.failed.emit(*sentences(error))
