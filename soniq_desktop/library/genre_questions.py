"""The catalogue's calls about genres as heard."""

from collections.abc import Iterable, Sequence

from soniq_desktop.library import genre_codes, genre_results, listened
from soniq_desktop.library.database import Database
from soniq_desktop.library.genre_results import SoundsToJudge
from soniq_desktop.library.records import Embedding, GenreHeard, Group


class GenreQuestions:
    """Part of `Catalogue`, apart from it because that is long enough."""

    database: Database

    def sounds_to_judge(
        self, embedder: str, version: int, dim: int, tags: int, ids: Sequence[int] | None = None
    ) -> SoundsToJudge:
        """What the genre of tracks is judged by: of all that were listened to, or those of `ids`."""
        with self.database.reading() as connection:
            return genre_results.sounds_to_judge(connection, embedder, version, dim, tags, ids)

    def genre_labels(self, embedder: str, version: int) -> list[tuple[int, str, str | None]]:
        """(id, genre tag, the user's word) of tracks with a vector that have one of both."""
        with self.database.reading() as connection:
            return genre_results.labels(connection, embedder, version)

    def genres_to_judge(
        self, classifier: str, version: int, limit: int, heard_by: str | None = None
    ) -> list[int]:
        """Tracks that were listened to but not judged by this classifier and version.

        With `heard_by`, only those that this embedder heard: the others keep what was said before.
        """
        with self.database.reading() as connection:
            return genre_results.unjudged(connection, classifier, version, limit, heard_by)

    def without_embedding(self, embedder: str, version: int, heard_by: str | None = None) -> list[int]:
        """Tracks that were listened to and have a sound, which this embedder did not hear.

        With `heard_by`, those that this other embedder heard: also sounds too short for a loudness.
        """
        with self.database.reading() as connection:
            return listened.without_embedding(connection, embedder, version, heard_by)

    def store_embeddings(self, heard: Iterable[tuple[int, Embedding]]) -> None:
        """Keep (track id, embedding) pairs of tracks that are still there."""
        with self.database.writing() as connection:
            listened.put_embeddings(connection, heard)

    def store_genres(self, heard: Iterable[tuple[int, GenreHeard]]) -> list[int]:
        """Keep (track id, result) pairs; ids of which what is shown has changed."""
        with self.database.writing() as connection:
            return genre_results.store(connection, heard)

    def genre_families(self, text: str = "") -> list[Group]:
        """The twelve families with their songs, as their chips show them."""
        with self.database.reading() as connection:
            return genre_codes.family_groups(connection, text)

    def genre_heard(self, track_id: int) -> GenreHeard | None:
        """What the classifier said of one track, or None."""
        with self.database.reading() as connection:
            return genre_results.result(connection, track_id)
