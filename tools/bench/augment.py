# Time of torchvision for two SimCLR views of a batch of images of 32x32 pixels, as data loaders make them: one after the
# other, from PIL images to normalised tensors. Prints "name<tab>median seconds". Arguments: seconds, images.
import os
import statistics
import sys
import time

os.environ["OMP_NUM_THREADS"] = "1"

import torch
from PIL import Image
from torchvision import transforms as T

torch.set_num_threads(1)
torch.manual_seed(0)
budget, count = float(sys.argv[1]), int(sys.argv[2])

view = T.Compose([
    T.RandomResizedCrop(32, (0.2, 1)),
    T.RandomHorizontalFlip(),
    T.RandomApply([T.ColorJitter(0.4, 0.4, 0.4, 0.1)], 0.8),
    T.RandomGrayscale(0.2),
    T.ToTensor(),
    T.Normalize((0.4914, 0.4822, 0.4465), (0.2470, 0.2435, 0.2616)),
])
smooth = T.Resize(32)
images = [smooth(T.ToPILImage()(torch.rand(3, 8, 8))) for _ in range(count)]
times, start = [], time.perf_counter()
while len(times) < 5 or time.perf_counter() - start < budget:
    t = time.perf_counter()
    torch.stack([view(image) for _ in range(2) for image in images])
    times.append(time.perf_counter() - t)
print(f"views\t{statistics.median(times)}")
