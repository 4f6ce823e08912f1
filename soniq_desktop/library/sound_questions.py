"""The catalogue's calls about what songs are compared by."""

import numpy as np
from numpy.typing import NDArray

from soniq_desktop.library import sound_models
from soniq_desktop.library.database import Database
from soniq_desktop.library.sound_models import SoundModel


class SoundQuestions:
    """Part of `Catalogue`, apart from it because that is long enough."""

    database: Database

    def sound_model(self) -> SoundModel | None:
        """What songs are compared by; None for the built-in embedder."""
        with self.database.reading() as connection:
            return sound_models.in_use(connection)

    def sound_models(self) -> list[SoundModel]:
        """All that were ever chosen, by name."""
        with self.database.reading() as connection:
            return sound_models.known(connection)

    def know_sound_model(self, model: SoundModel) -> SoundModel:
        """Let vectors of this model be kept; returns it with the scaling that it has."""
        with self.database.writing() as connection:
            return sound_models.put(connection, model)

    def fit_sound_model(self, model: SoundModel) -> SoundModel:
        """Fit the scaling of its columns where that is due; returns it with the scaling that it has then."""
        with self.database.writing() as connection:
            return sound_models.fit(connection, model)

    def use_sound_model(self, model: SoundModel | None) -> None:
        """Compare songs by this model from now on; None for the built-in embedder."""
        with self.database.writing() as connection:
            sound_models.use(connection, None if model is None else model.name)

    def forget_sound_model(self, name: str) -> int:
        """Drop a model that is not in use, with its vectors; how many those were."""
        with self.database.writing() as connection:
            return sound_models.forget(connection, name)

    def scaled(self, embedder: str, vector: NDArray[np.float32]) -> NDArray[np.float32]:
        """A vector (dim,) as an embedder gave it, scaled as those that the catalogue gives."""
        with self.database.reading() as connection:
            whole: NDArray[np.float32] = sound_models.scaled(connection, embedder, vector[None])[0]
            return whole
