# Times of PyTorch for the work of this bench, channels-last. Prints "name<tab>median seconds".
# Arguments: threads, seconds for each measurement.
import os
import statistics
import sys
import time

threads, budget = sys.argv[1], float(sys.argv[2])
os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = threads

import torch
from torch import nn
from torch.nn import functional as F

torch.set_num_threads(int(threads))
torch.manual_seed(0)


def median(work, seconds):
    work()
    work()
    times, start = [], time.perf_counter()
    while len(times) < 3 or time.perf_counter() - start < seconds:
        t = time.perf_counter()
        work()
        times.append(time.perf_counter() - t)
    return statistics.median(times)


for m, k, n in [(256, 256, 256), (512, 512, 512), (1024, 1024, 1024), (16384, 288, 32), (512, 128, 512)]:
    a, b = torch.randn(m, k), torch.randn(k, n)
    print(f"sgemm {m}x{k}x{n}\t{median(lambda: torch.mm(a, b), budget / 2)}", flush=True)


def head(width):
    return [nn.Linear(width, 256), nn.BatchNorm1d(256), nn.ReLU(), nn.Linear(256, 128)]


def step(name, net, x):
    optimiser, half = torch.optim.Adam(net.parameters(), 1e-3), len(x) // 2
    positives = torch.cat([torch.arange(half, 2 * half), torch.arange(half)])

    def work():
        z = F.normalize(net(x), dim=1)
        logits = (z @ z.T / 0.5).fill_diagonal_(float("-inf"))
        loss = F.cross_entropy(logits, positives)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        optimiser.step()

    print(f"{name}\t{median(work, budget)}", flush=True)


step("MLP step, 512 views", nn.Sequential(
    nn.Linear(784, 512), nn.BatchNorm1d(512), nn.ReLU(),
    nn.Linear(512, 256), nn.BatchNorm1d(256), nn.ReLU(), *head(256)), torch.randn(512, 784))

layers, width = [], 3
for channels, stride in [(32, 1), (64, 2), (128, 2)]:
    layers += [nn.Conv2d(width, channels, 3, stride, 1, bias=False), nn.BatchNorm2d(channels), nn.ReLU()]
    width = channels
net = nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), *head(128)).to(memory_format=torch.channels_last)
step("ConvNet step, 256 views", net, torch.randn(256, 3, 32, 32).contiguous(memory_format=torch.channels_last))
