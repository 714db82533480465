# Times of PyTorch for the work of this bench, channels-last. Prints "name<tab>median seconds".
# Arguments: threads, seconds for each measurement, what to do (probe, products, steps, memory, epoch), a folder of images.
import os
import resource
import statistics
import sys
import time

threads, budget, what = sys.argv[1], float(sys.argv[2]), sys.argv[3]
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


def product(m, k, n):
    a, b = torch.randn(m, k), torch.randn(k, n)
    return median(lambda: torch.mm(a, b), budget)


def head(width):
    return [nn.Linear(width, 256), nn.BatchNorm1d(256), nn.ReLU(), nn.Linear(256, 128)]


def nt_xent(z, positives):
    z = F.normalize(z, dim=1)
    return F.cross_entropy((z @ z.T / 0.5).fill_diagonal_(float("-inf")), positives)


def positives_of(views):
    half = views // 2
    return torch.cat([torch.arange(half, views), torch.arange(half)])


def step(net, x):
    optimiser, positives = torch.optim.Adam(net.parameters(), 1e-3), positives_of(len(x))

    def work():
        loss = nt_xent(net(x), positives)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        optimiser.step()

    return work


def channels_last(images):
    return images.contiguous(memory_format=torch.channels_last)


def images(n):
    return channels_last(torch.randn(n, 3, 32, 32))


class Block(nn.Module):
    def __init__(self, width, out, stride):
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(width, out, 3, stride, 1, bias=False), nn.BatchNorm2d(out), nn.ReLU(),
            nn.Conv2d(out, out, 3, 1, 1, bias=False), nn.BatchNorm2d(out))
        self.skip = nn.Identity() if width == out and stride == 1 else nn.Sequential(
            nn.Conv2d(width, out, 1, stride, bias=False), nn.BatchNorm2d(out))

    def forward(self, x):
        return F.relu(self.body(x) + self.skip(x))


def encoder(layers, width):
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), *head(width)).to(memory_format=torch.channels_last)


def convnet():
    layers, width = [], 3
    for channels, stride in [(32, 1), (64, 2), (128, 2)]:
        layers += [nn.Conv2d(width, channels, 3, stride, 1, bias=False), nn.BatchNorm2d(channels), nn.ReLU()]
        width = channels
    return encoder(layers, width)


def resnet():
    layers, width = [nn.Conv2d(3, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU()], 16
    for channels, stride in [(16, 1), (32, 2), (64, 2), (128, 2)]:
        layers += [Block(width, channels, stride), Block(channels, channels, 1)]
        width = channels
    return encoder(layers, width)


def mlp():
    return nn.Sequential(
        nn.Linear(784, 512), nn.BatchNorm1d(512), nn.ReLU(),
        nn.Linear(512, 256), nn.BatchNorm1d(256), nn.ReLU(), *head(256))


def epoch(folder):
    from torchvision import transforms
    from torchvision.datasets import ImageFolder

    mean, std = (0.4914, 0.4822, 0.4465), (0.2470, 0.2435, 0.2616)
    view = transforms.Compose([
        transforms.RandomResizedCrop(32, scale=(0.2, 1.0)), transforms.RandomHorizontalFlip(),
        transforms.RandomApply([transforms.ColorJitter(0.4, 0.4, 0.4, 0.1)], p=0.8), transforms.RandomGrayscale(0.2),
        transforms.ToTensor(), transforms.Normalize(mean, std)])
    pictures = [picture.copy() for picture, _ in ImageFolder(folder + "/train")]
    net, batch = convnet(), 256
    optimiser, positives = torch.optim.Adam(net.parameters(), 1e-3, weight_decay=1e-6), positives_of(2 * batch)
    start = time.perf_counter()
    order = torch.randperm(len(pictures)).tolist()
    for first in range(0, len(order) - batch + 1, batch):
        chosen = order[first:first + batch]
        views = torch.stack([view(pictures[i]) for _ in range(2) for i in chosen])
        loss = nt_xent(net(channels_last(views)), positives)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        optimiser.step()
        loss.item()
    return time.perf_counter() - start


def tell(name, value):
    print(f"{name}\t{value}", flush=True)


if what == "probe":
    tell("probe", sum(product(*size) for size in [(512, 512, 512), (512, 128, 512), (16384, 288, 32)]))
elif what == "products":
    for m, k, n in [(256, 256, 256), (512, 512, 512), (1024, 1024, 1024), (16384, 288, 32), (512, 128, 512)]:
        tell(f"sgemm {m}x{k}x{n}", product(m, k, n))
elif what == "steps":
    tell("MLP step, 512 views", median(step(mlp(), torch.randn(512, 784)), budget))
    tell("ConvNet step, 256 views", median(step(convnet(), images(256)), budget))
    tell("ResNet-18 w16 step, 256 views", median(step(resnet(), images(256)), budget))
elif what == "memory":
    work = step(convnet(), images(256))
    for _ in range(5):
        work()
    tell("memory", 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
elif what == "epoch":
    tell("epoch", epoch(sys.argv[4]))
