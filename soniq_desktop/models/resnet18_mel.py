"""ResNet-18 on the mel image, behind the same interface as the CRNN. Worker processes only (torch).

He, Zhang, Ren and Sun, "Deep residual learning for image recognition" (2016), with torchvision's names of
parameters, for one channel instead of three colours. No weights are shipped: `soniq lab train-genre
--network resnet18` trains it.
"""

import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn

STAGES = ((64, 1), (128, 2), (256, 2), (512, 2))  # channels and stride of each pair of blocks
VECTOR = 512


class BasicBlock(nn.Module):
    """Two 3x3 convolutions and a way around them."""

    def __init__(self, before: int, after: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(before, after, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(after)
        self.conv2 = nn.Conv2d(after, after, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(after)
        self.downsample = nn.Sequential()
        if stride != 1 or before != after:
            self.downsample = nn.Sequential(
                nn.Conv2d(before, after, 1, stride, bias=False), nn.BatchNorm2d(after)
            )

    def forward(self, maps: Tensor) -> Tensor:
        inner = F.relu(self.bn1(self.conv1(maps)))
        return F.relu(self.bn2(self.conv2(inner)) + self.downsample(maps))


class ResNet18Mel(nn.Module):
    """Logits of `classes` families from a z-scored mel image of any length from 32 frames on.

    Attributes:
        picture: the layer whose maps Grad-CAM weighs: the third stage, one cell for 16 frames by 16 bands.
        size: of the vector before the dense layer.
    """

    size = VECTOR

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 64, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        self.maxpool = nn.MaxPool2d(3, 2, 1)
        before = 64
        for number, (after, stride) in enumerate(STAGES, 1):
            stage = nn.Sequential(BasicBlock(before, after, stride), BasicBlock(after, after, 1))
            self.add_module(f"layer{number}", stage)
            before = after
        self.fc = nn.Linear(VECTOR, classes)

    @property
    def picture(self) -> nn.Module:
        return self.get_submodule("layer3")

    def forward(self, image: Tensor) -> Tensor:
        """(batch, frames, bands) -> (batch, classes) logits."""
        return self.classified(self.vector(image))

    def classified(self, vector: Tensor) -> Tensor:
        """(batch, 512) of `vector` -> (batch, classes) logits."""
        return self.fc(vector)  # type: ignore[no-any-return]

    def vector(self, image: Tensor) -> Tensor:
        """(batch, frames, bands) -> (batch, 512): the penultimate layer, for use as an embedding."""
        maps = self.maxpool(F.relu(self.bn1(self.conv1(image.unsqueeze(1)))))
        for number in range(1, len(STAGES) + 1):
            maps = self.get_submodule(f"layer{number}")(maps)
        return torch.mean(maps, dim=(2, 3))
