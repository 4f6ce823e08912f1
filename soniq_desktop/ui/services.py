"""What the window is made with: the services behind every view."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from soniq_desktop.services.demo import DemoService
    from soniq_desktop.services.discovery import DiscoveryService
    from soniq_desktop.services.duplicates import DuplicatesService
    from soniq_desktop.services.explain import ExplainService
    from soniq_desktop.services.galaxy import GalaxyService
    from soniq_desktop.services.genre import GenreService
    from soniq_desktop.services.hybrid import HybridService
    from soniq_desktop.services.identify import IdentifyService
    from soniq_desktop.services.library import LibraryService
    from soniq_desktop.services.persona import PersonaService
    from soniq_desktop.services.player import PlayerService
    from soniq_desktop.services.playlists import PlaylistService
    from soniq_desktop.services.radio import RadioService
    from soniq_desktop.services.scrobble import ScrobbleService
    from soniq_desktop.services.settings import SettingsService
    from soniq_desktop.services.sound_model import SoundModelService
    from soniq_desktop.services.stems import StemService
    from soniq_desktop.services.wormhole import WormholeService


@dataclass(frozen=True)
class Services:
    """One of each; views get this and nothing below it."""

    library: "LibraryService"
    player: "PlayerService"
    settings: "SettingsService"
    playlists: "PlaylistService"
    demo: "DemoService | None" = None
    identify: "IdentifyService | None" = None
    discovery: "DiscoveryService | None" = None
    galaxy: "GalaxyService | None" = None
    duplicates: "DuplicatesService | None" = None
    wormhole: "WormholeService | None" = None
    radio: "RadioService | None" = None
    genre: "GenreService | None" = None
    stems: "StemService | None" = None
    explain: "ExplainService | None" = None
    persona: "PersonaService | None" = None
    scrobble: "ScrobbleService | None" = None
    hybrid: "HybridService | None" = None
    sound: "SoundModelService | None" = None
