"""The four models of bench/train.suite.ts in PyTorch: each call runs 40 steps of Adam on one thread."""

import torch
from torch import nn
from torch.nn import functional as F

torch.manual_seed(1)
torch.set_num_threads(1)
STEPS = 40
_ready = {}


def _steps(name, make):
    if name not in _ready:
        model, loss = make()
        _ready[name] = (torch.optim.Adam(model.parameters(), lr=1e-3), loss)
    optimiser, loss = _ready[name]
    for _ in range(STEPS):
        optimiser.zero_grad(set_to_none=True)
        value = loss()
        value.backward()
        optimiser.step()
    return value.item()


def mlp():
    def make():
        x, y = torch.rand(128, 784), torch.randint(10, (128,))
        model = nn.Sequential(
            nn.Linear(784, 256), nn.ReLU(), nn.Dropout(0.2),
            nn.Linear(256, 256), nn.ReLU(), nn.Dropout(0.2), nn.Linear(256, 10),
        )
        return model, lambda: F.cross_entropy(model(x), y)

    return _steps("mlp", make)


def vae():
    def make():
        x = torch.rand(128, 784)
        model = nn.ModuleDict({
            "encoder": nn.Linear(784, 400), "center": nn.Linear(400, 20), "logvar": nn.Linear(400, 20),
            "decoder": nn.Linear(20, 400), "pixels": nn.Linear(400, 784),
        })

        def loss():
            h = F.relu(model["encoder"](x))
            center, logvar = model["center"](h), model["logvar"](h)
            z = center + torch.exp(0.5 * logvar) * torch.randn_like(center)
            logits = model["pixels"](F.relu(model["decoder"](z)))
            distortion = F.binary_cross_entropy_with_logits(logits, x, reduction="sum")
            rate = 0.5 * (center ** 2 + logvar.exp() - logvar - 1).sum()
            return (distortion + rate) / 128

        return model, loss

    return _steps("vae", make)


def cnn():
    def make():
        x, y = torch.rand(128, 1, 28, 28), torch.randint(10, (128,))
        model = nn.Sequential(
            nn.Conv2d(1, 16, 3, stride=2, padding=1), nn.ReLU(),
            nn.Conv2d(16, 32, 3, stride=2, padding=1), nn.ReLU(), nn.Flatten(), nn.Linear(1568, 10),
        )
        return model, lambda: F.cross_entropy(model(x), y)

    return _steps("cnn", make)


class Block(nn.Module):
    def __init__(self, width, heads, places):
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.up, self.down = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)
        self.register_buffer("mask", torch.triu(torch.full((places, places), -1e9), 1))

    def forward(self, x):
        batch, places, width = x.shape
        head = width // self.heads
        qkv = self.qkv(self.norm1(x)).reshape(batch, places, 3, self.heads, head)
        q, k, v = qkv.permute(2, 0, 3, 1, 4)
        scores = (q / head ** 0.5) @ k.transpose(-1, -2) + self.mask
        seen = (scores.softmax(-1) @ v).transpose(1, 2).reshape(batch, places, width)
        x = x + self.out(seen)
        return x + self.down(F.gelu(self.up(self.norm2(x))))


def transformer():
    def make():
        batch, places, width, vocabulary = 16, 64, 128, 96
        x, y = torch.randint(vocabulary, (batch, places)), torch.randint(vocabulary, (batch * places,))
        model = nn.ModuleDict({
            "tokens": nn.Embedding(vocabulary, width), "places": nn.Embedding(places, width),
            "layers": nn.Sequential(*[Block(width, 4, places) for _ in range(4)]),
            "norm": nn.LayerNorm(width), "logits": nn.Linear(width, vocabulary),
        })

        def loss():
            h = model["tokens"](x) + model["places"].weight
            logits = model["logits"](model["norm"](model["layers"](h)))
            return F.cross_entropy(logits.reshape(-1, vocabulary), y)

        return model, loss

    return _steps("transformer", make)
