"""Distances to the third neighbour in PyTorch, by matrix products in blocks; the faster of its two ways (cdist, Gram)."""

import numpy as np
import torch

torch.set_num_threads(1)


def radii(x):
    x = torch.from_numpy(x.reshape(10_000, -1))
    norms = (x * x).sum(1)
    found = []
    for block in x.split(1000):
        near = torch.addmm(norms[None], block, x.T, alpha=-2)
        values = near.topk(4, dim=1, largest=False).values[:, 3]
        found.append((values + (block * block).sum(1)).clamp_min(0).sqrt())
    return torch.cat(found).numpy().astype(np.float64)
