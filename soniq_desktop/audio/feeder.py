"""The engine of the player: keeps the output fed and knows what is heard. One thread, no locks of its own."""

import threading
import time
from collections.abc import Callable

import numpy as np

from soniq_desktop.audio.events import (
    Event,
    Message,
    PlayerState,
    QueueMoved,
    StateChanged,
    TrackChanged,
    played,
)
from soniq_desktop.audio.gain import fade_in
from soniq_desktop.audio.gapless import Mixing, Program, Voice
from soniq_desktop.audio.mixer import Mix
from soniq_desktop.audio.output import AudioOutput
from soniq_desktop.audio.outputs import Outputs
from soniq_desktop.audio.queue import PlayQueue
from soniq_desktop.audio.source import Source
from soniq_desktop.audio.stream import Stream
from soniq_desktop.audio.tap import Tap
from soniq_desktop.audio.timeline import KEEP, Playback, Segment, Timeline
from soniq_desktop.audio.view import View
from soniq_desktop.audio.voices import Voices
from soniq_desktop.common.errors import SoniqError

AHEAD = 1.0  # seconds of sound in the ring: longer than any stall of the interpreter
FIRST = 0.5  # seconds decoded before the device starts
CHUNK = 8192  # frames written at once; commands are looked at in between
FADE = 0.01  # seconds, at pause, seek and skip
IDLE = 3.0  # seconds of silence after which the device is released


class Feeder:
    """Commands are plain calls, `tick` is called about fifty times a second while `busy`.

    Args:
        queue: shared with the caller; touched under `lock` only.
        lookup: the Source of a track id; raises SoniqError where there is none. May block.
        emit: takes events.
        outputs: opens devices.
    """

    def __init__(
        self,
        queue: PlayQueue,
        lock: threading.RLock,
        *,
        lookup: Callable[[int], Source],
        emit: Callable[[Event], None],
        outputs: Outputs,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.mixing = Mixing()
        self.state: PlayerState = "stopped"
        self.view = View()
        self.tap = Tap(44100, lambda: self.view.frame(clock()))
        self._queue, self._lock = queue, lock
        self._emit, self._outputs, self._clock = emit, outputs, clock
        self._voices = Voices(queue, lock, lookup, emit, self.mixing)
        self._level = 1.0
        self._timeline = Timeline()
        self._stream: Stream | None = None
        self._frame = 0  # where the next stream's count begins
        self._accounted = 0
        self._program: Program | None = None
        self._program_start = self._marked = 0
        self._end: int | None = None  # output frame at which the queue ends
        self._current: Playback | None = None
        self._since = 0
        self._seconds = 0.0  # position while not playing
        self._idle_since = 0.0

    @property
    def busy(self) -> bool:
        """False while nothing happens without a command."""
        return self._stream is not None

    @property
    def device(self) -> str | None:
        """Name of the open output."""
        return self._stream.output.name if self._stream is not None else None

    # commands

    def start(self, seconds: float = 0.0, *, moved_on: bool = True) -> None:
        """Play the queue's current entry, whatever played before."""
        self._leave(moved_on=moved_on)
        voice = self._voices.current(seconds)
        if voice is None:
            self.stop()
            return
        self._ready_stream()
        self._take_up(voice.playback)
        self._sound(voice, seconds)
        self._set_state("playing")

    def load(self, seconds: float) -> None:
        """Show the queue's current entry, paused at a position, without opening a device."""
        self._leave(moved_on=False)
        voice = self._voices.current(seconds)
        if voice is None:
            self.stop()
            return
        voice.close()
        self._take_up(voice.playback)
        self._seconds = min(seconds, voice.playback.duration)
        self._set_state("paused")

    def pause(self) -> None:
        if self.state != "playing":
            return
        self._seconds = self._silence()
        self._set_state("paused")

    def resume(self) -> None:
        """Go on where it was paused, or begin the current entry."""
        if self.state == "playing":
            return
        if self._current is None or self.state == "stopped":
            self.start(moved_on=False)
        else:
            self._go_to(self._current, self._seconds)

    def toggle(self) -> None:
        if self.state == "playing":
            self.pause()
        else:
            self.resume()

    def stop(self) -> None:
        """Silence; the current track is left."""
        self._leave(moved_on=False)
        self._silence()
        self._seconds = 0.0
        self._current = None
        self._set_state("stopped")
        self._emit(TrackChanged(None))

    def seek(self, seconds: float) -> None:
        """Go to a position of the current track, sample by sample."""
        if self._current is None:
            return
        seconds = min(max(seconds, 0.0), self._current.duration)
        if self.state == "playing":
            self._go_to(self._current, seconds)
        else:
            self._seconds = seconds
            self._publish()

    def replace_current(self) -> None:
        """The current entry was taken out: its follower takes its place, playing or paused as before."""
        if self.state == "playing":
            self.start()
        else:
            self.load(0.0)

    def abandon(self) -> None:
        """After an error that should not be: silence, without asking anything of what failed."""
        self._current = None
        self._end_program()
        self._close_stream()
        self._set_state("stopped")
        self._emit(TrackChanged(None))

    def queue_changed(self) -> None:
        """What follows may be another track now, even if its beginning is on its way already."""
        if self._stream is None or self.state != "playing":
            return
        if self._program is not None:
            self._program.reconsider()
        planned = next((s for s in self._timeline.segments if s.start > self._stream.changeable()), None)
        if planned is not None or self._end is not None:
            self._replan(planned)

    def _replan(self, planned: Segment | None) -> None:
        """A joint lies in the ring already: decode the rest of this track again, then the right next one."""
        with self._lock:
            wanted = self._queue.after(self._current.entry) if self._current else None
        coming = planned.playback.entry if planned is not None and planned.playback is not None else None
        if coming == (wanted.id if wanted is not None else None):
            return
        if self._current is not None and self._stream is not None:
            self._go_to(self._current, self._seconds_at(self._stream.changeable()))

    def set_level(self, level: float) -> None:
        """Amplitude of the volume control, 0 to 1."""
        self._level = level
        if self._stream is not None:
            self._stream.set_level(level)

    def remix(self) -> None:
        """The normalisation or the mixer changed: hear it now."""
        if self.state == "playing" and self._current is not None and self._stream is not None:
            self._go_to(self._current, self._seconds_at(self._stream.changeable()))

    def set_mix(self, track: int, mix: Mix | None) -> None:
        """Play a track from its lanes from now on, or from its file again; heard at once."""
        self._voices.set_mix(track, mix)
        if self._current is not None and self._current.source.track == track:
            self.remix()

    def set_device(self, name: str | None) -> None:
        """Another output device; what plays goes on there."""
        self._outputs.wanted = name
        if self._stream is None:
            return
        playing, seconds = self.state == "playing", self._seconds_at(self._stream.heard)
        self._close_stream()
        if playing and self._current is not None:
            self._go_to(self._current, seconds)

    def close(self) -> None:
        """Tell the last listening event and release everything."""
        self._leave(moved_on=False)
        self._current = None
        self._end_program()
        self._close_stream()

    # what happens by itself

    def tick(self, interrupted: Callable[[], bool] = lambda: False) -> None:
        """Account for what was heard, write what is missing; stops early when a command waits."""
        if self._stream is None:
            return
        if self._stream.lost():
            self._lose_device()
            return
        self._account(self._stream.heard)
        self._fill(interrupted)
        if self.state == "playing":
            self._idle_since = self._clock()
            self._try_better_device()
        elif self._clock() - self._idle_since > IDLE:
            self._close_stream()
        self._publish()

    def _fill(self, interrupted: Callable[[], bool]) -> None:
        while self._stream is not None and (room := self._stream.room(AHEAD)) > 0:
            if self._program is None:
                self._stream.append(np.zeros((room, 2), np.float32))
                return
            self._stream.append(self._program.read(min(room, CHUNK)))
            self._note_marks()
            if interrupted():
                return

    def _note_marks(self) -> None:
        """Put the program's new marks on the timeline; a program that ended makes place for silence."""
        program = self._program
        if program is None or self._stream is None:
            return
        for mark in program.marks[self._marked :]:
            self._timeline.put(
                Segment(self._program_start + mark.at, mark.playback, mark.seconds, mark.speed)
            )
        self._marked = len(program.marks)
        if program.ended:
            self._end = self._stream.ring.written
            self._timeline.put(Segment(self._end, None))
            self._end_program()

    def _account(self, heard: int) -> None:
        """Count seconds of each playback, notice tracks that began by themselves and the end of the queue."""
        rate = self._stream.rate if self._stream else 1
        for segment, frames in self._timeline.between(self._accounted, heard):
            playback = segment.playback
            if playback is None or playback.closed:
                continue
            if playback is not self._current and segment.start >= self._since:
                self._arrive(segment, playback)
            playback.heard += frames / rate
        self._accounted = max(self._accounted, heard)
        self._timeline.forget_before(heard - round(KEEP * rate))
        if self._end is not None and heard >= self._end and self.state == "playing":
            self._finish()

    def _arrive(self, segment: Segment, playback: Playback) -> None:
        self._tell(by_itself=True, moved_on=False)
        with self._lock:
            self._queue.follow(playback.entry)
        self._take_up(playback, segment.start, segment.seconds)
        self._emit(QueueMoved())

    def _finish(self) -> None:
        self._end = None
        self._tell(by_itself=True, moved_on=False)
        self.stop()

    def _lose_device(self) -> None:
        seconds = self._seconds_at(self._stream.heard) if self._stream else 0.0
        name = self._stream.output.name if self._stream else ""
        self._end_program()
        self._close_stream()
        if self.state == "playing":
            self._seconds = seconds
            self._set_state("paused")
            sentence = f"“{name}” does not play any more. Playback is paused; press play to go on."
            self._emit(Message(sentence))

    def _try_better_device(self) -> None:
        if self._stream is None or not self._outputs.worth_trying(self._stream.output, self._clock()):
            return
        output = self._outputs.retry(self._clock())
        if output is not None and self._current is not None:
            seconds = self._seconds_at(self._stream.heard)
            self._close_stream()
            self._use(output)
            self._go_to(self._current, seconds)

    # helpers

    def _go_to(self, playback: Playback, seconds: float) -> None:
        """Sound the current playback from a position; a file that is gone meanwhile is skipped."""
        try:
            voice = self._voices.open(playback, seconds)
        except SoniqError as error:
            self._emit(Message(str(error)))
            with self._lock:
                following = self._queue.next()
            if following is None:
                self.stop()
            else:
                self.start(moved_on=False)
            return
        self._ready_stream()
        self._sound(voice, seconds)
        self._set_state("playing")

    def _sound(self, voice: Voice, seconds: float) -> None:
        """Splice a new program into the stream."""
        stream = self._stream
        if stream is None:
            voice.close()
            return
        self._end_program()
        program = Program(voice, stream.rate, self.mixing, self._voices.following)
        needed = max(stream.ring.written - stream.changeable(), round(FIRST * stream.rate))
        samples = program.read(needed)
        if seconds > 0 and not stream.started:
            fade_in(samples[: round(FADE * stream.rate)])
        at = stream.splice(samples, FADE)
        self._program, self._program_start, self._marked, self._end = program, at, 0, None
        self._since, self._seconds = at, seconds
        self._note_marks()
        if self._end is not None:  # shorter than what it replaced: silence follows inside the splice
            self._end = at + len(samples)
            self._timeline.put(Segment(self._end, None))
        self._publish()

    def _silence(self) -> float:
        """Fade out what is on its way; returns the position at which the fade begins."""
        self._end_program()
        self._end = None
        self._idle_since = self._clock()
        if self._stream is None:
            return self._seconds
        at = self._stream.changeable()
        seconds = self._seconds_at(at)
        at = self._stream.splice(np.zeros((0, 2), np.float32), FADE)
        self._timeline.put(Segment(at, None))
        return seconds

    def _seconds_at(self, frame: int) -> float:
        segment = self._timeline.at(frame)
        if self.state != "playing" or segment is None or self._stream is None or frame < self._since:
            return self._seconds
        if segment.playback is not self._current:
            return self._current.duration if self._current else 0.0
        return segment.seconds + segment.speed * (frame - segment.start) / self._stream.rate

    def _take_up(self, playback: Playback, since: int = 0, seconds: float = 0.0) -> None:
        playback.started_at = time.time()
        self._current, self._since, self._seconds = playback, since, seconds
        self._publish()
        self._emit(TrackChanged(playback.source.track))

    def _leave(self, *, moved_on: bool) -> None:
        if self._stream is not None:
            self._account(self._stream.heard)
        self._tell(by_itself=False, moved_on=moved_on)

    def _tell(self, *, by_itself: bool, moved_on: bool) -> None:
        playback = self._current
        if playback is None or playback.closed:
            return
        playback.closed = True
        position = playback.duration if by_itself else self.view.position(self._clock())
        event = played(playback, position, by_itself=by_itself, moved_on=moved_on)
        if event is not None:
            self._emit(event)

    def _ready_stream(self) -> None:
        if self._stream is None:
            self._use(self._outputs.open(self._clock()))

    def _use(self, output: AudioOutput) -> None:
        self._stream = Stream(output, self._frame, self.tap, self._level, self._clock)
        self._accounted = self._frame

    def _close_stream(self) -> None:
        if self._stream is not None:
            self._outputs.closed(self._stream.output)
            self._frame = self._stream.ring.written
            self._stream.close()
            self._stream = None
            self._publish()

    def _end_program(self) -> None:
        if self._program is not None:
            self._program.close()
            self._program = None

    def _set_state(self, state: PlayerState) -> None:
        changed, self.state = self.state != state, state
        self._publish()
        if changed:
            self._emit(StateChanged(state))

    def _publish(self) -> None:
        stream = self._stream
        self.view = View(
            time=self._clock(),
            heard=self._frame if stream is None else stream.heard,
            rate=self.view.rate if stream is None else stream.rate,
            running=stream is not None and self.state == "playing",
            segments=self._timeline.segments,
            playback=self._current,
            since=self._since,
            seconds=self._seconds,
        )
