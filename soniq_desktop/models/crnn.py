"""The convolutional recurrent genre network. Worker processes only (torch).

After Choi, Fazekas, Sandler and Cho, "Convolutional recurrent neural networks for music classification"
(2017): convolutions find what sounds, a recurrent layer how it goes on. Here four blocks (3x3, batch
normalisation, ReLU, maximum), two bidirectional LSTM layers, the mean over time, a dense layer.
"""

import torch
from torch import Tensor, nn

CHANNELS = (16, 32, 64, 96)
POOLS = ((2, 2), (2, 2), (2, 2), (2, 4))  # (frames, bands)
HIDDEN = 64  # of each LSTM direction
DROPOUT = 0.3


class Crnn(nn.Module):
    """Logits of `classes` families from a z-scored mel image of any length from 16 frames on.

    Attributes:
        picture: the layer whose maps Grad-CAM weighs: the last convolution before its pooling, one cell for
            8 frames (93 ms) by 8 bands.
        size: of the vector before the dense layer.
    """

    size = 2 * HIDDEN

    def __init__(self, classes: int, bands: int = 128) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(
            block(before, after) for before, after in zip((1, *CHANNELS[:-1]), CHANNELS, strict=True)
        )
        self.pools = nn.ModuleList(nn.MaxPool2d(size) for size in POOLS)
        height = bands // (POOLS[0][1] * POOLS[1][1] * POOLS[2][1] * POOLS[3][1])
        self.recurrent = nn.LSTM(
            CHANNELS[-1] * height, HIDDEN, num_layers=2, batch_first=True, bidirectional=True, dropout=DROPOUT
        )
        self.drop = nn.Dropout(DROPOUT)
        self.dense = nn.Linear(2 * HIDDEN, classes)

    @property
    def picture(self) -> nn.Module:
        return self.blocks[-1]

    def forward(self, image: Tensor) -> Tensor:
        """(batch, frames, bands) -> (batch, classes) logits."""
        return self.classified(self.vector(image))

    def classified(self, vector: Tensor) -> Tensor:
        """(batch, 128) of `vector` -> (batch, classes) logits."""
        return self.dense(self.drop(vector))  # type: ignore[no-any-return]

    def vector(self, image: Tensor) -> Tensor:
        """(batch, frames, bands) -> (batch, 128): what the dense layer sees."""
        maps = image.unsqueeze(1)
        for convolve, pool in zip(self.blocks, self.pools, strict=True):
            maps = pool(convolve(maps))
        steps = maps.transpose(1, 2).flatten(2)  # (batch, frames / 16, channels * bands / 32)
        return torch.mean(self.recurrent(steps)[0], dim=1)


def block(before: int, after: int) -> nn.Sequential:
    """3x3 convolution, batch normalisation, ReLU."""
    return nn.Sequential(
        nn.Conv2d(before, after, 3, padding=1, bias=False), nn.BatchNorm2d(after), nn.ReLU(inplace=False)
    )
