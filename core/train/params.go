package train

import (
	"maps"
	"strings"

	"pushpull/core/augment"
)

// Kind is the type of a hyperparameter's values.
type Kind string

// The kinds of hyperparameters.
const (
	Float  Kind = "float"
	Int    Kind = "int"
	Bool   Kind = "bool"
	Choice Kind = "choice"
	Widths Kind = "widths" // whole numbers joined by dashes: 32-64-128
)

// Param declares one hyperparameter, once for all: command-line flag, control on the page, URL key, entry of the
// checkpoint's metadata and line of the documentation are made from it.
type Param struct {
	Key     string   `json:"key"`
	Kind    Kind     `json:"kind"`
	Group   string   `json:"group"` // where it belongs on the way of the data
	Default any      `json:"default"`
	Min     float64  `json:"min"`
	Max     float64  `json:"max"`
	Choices []string `json:"choices,omitempty"`
	Unit    string   `json:"unit,omitempty"`
	Live    bool     `json:"live,omitempty"`  // may change while training runs
	Owned   bool     `json:"owned,omitempty"` // used only by the algorithms, or kinds of views, that name it
	Guard   bool     `json:"-"`               // keeps embeddings from collapsing, where it is on
	Idle    idle     `json:"-"`               // nil where it always acts
	Help    string   `json:"help"`
}

// Params is the table of hyperparameters, along the way of the data.
var Params = []Param{
	{Key: "seed", Kind: Int, Group: "run", Default: 1, Min: 0, Max: 1 << 31, Help: "all randomness derives from it: same seed, same losses"},
	{Key: "epochs", Kind: Int, Group: "run", Default: 10, Min: 1, Max: 100_000, Unit: "passes", Live: true, Help: "passes over the training images; more of them prolong a run, whose learning rate and other schedules then stretch"},
	{Key: "max-steps", Kind: Int, Group: "run", Default: 0, Min: 0, Max: 1e9, Unit: "steps", Live: true, Help: "stop after so many steps, also within an epoch; 0 for no limit"},
	{Key: "batch", Kind: Int, Group: "run", Default: 256, Min: 1, Max: 65_536, Unit: "images", Help: "images a step; each gives every view"},
	{Key: "threads", Kind: Int, Group: "run", Default: 0, Min: 0, Max: 1024, Help: "threads to compute on, 0 for all cores; results do not depend on it"},

	{Key: "augment", Kind: Choice, Group: "views", Default: "simclr", Choices: presetNames(), Help: "recipe of random views. " + presetHelp()},
	{Key: "crop-min", Kind: Float, Group: "views", Default: 0.2, Min: 0.05, Max: 1, Unit: "of the area", Live: true, Help: "smallest random crop; small crops are a hard task, 1 leaves the image whole"},
	{Key: "flip", Kind: Float, Group: "views", Default: 0.5, Min: 0, Max: 1, Unit: "probability", Live: true, Help: "mirroring left to right"},
	{Key: "rotate", Kind: Float, Group: "views", Default: 0.0, Min: 0, Max: 180, Unit: "degrees", Live: true, Help: "largest random rotation"},
	{Key: "symmetry-prob", Kind: Float, Group: "views", Default: 1.0, Min: 0, Max: 1, Unit: "probability", Owned: true, Live: true, Help: "turning by right angles and mirroring, in one of the eight ways to lay a square onto itself"},
	{Key: "elastic", Kind: Float, Group: "views", Default: 0.04, Min: 0, Max: 0.25, Unit: "of the side", Owned: true, Live: true, Help: "elastic deformation: how far a 4x4 grid of places is shifted, standard deviation"},
	{Key: "jitter", Kind: Float, Group: "views", Default: 1.0, Min: 0, Max: 2.5, Live: true, Help: "strength of colour changes: a factor for brightness, contrast, saturation and hue"},
	{Key: "jitter-prob", Kind: Float, Group: "views", Default: 0.8, Min: 0, Max: 1, Unit: "probability", Live: true, Help: "how often colours are changed"},
	{Key: "brightness", Kind: Float, Group: "views", Default: 0.4, Min: 0, Max: 1, Live: true, Help: "largest change of brightness at jitter 1: 0.4 means factors from 0.6 to 1.4"},
	{Key: "contrast", Kind: Float, Group: "views", Default: 0.4, Min: 0, Max: 1, Live: true, Help: "largest change of contrast at jitter 1"},
	{Key: "saturation", Kind: Float, Group: "views", Default: 0.4, Min: 0, Max: 1, Live: true, Help: "largest change of saturation at jitter 1"},
	{Key: "hue", Kind: Float, Group: "views", Default: 0.1, Min: 0, Max: 0.4, Unit: "turns", Live: true, Help: "largest turn of the hue at jitter 1"},
	{Key: "band-jitter", Kind: Float, Group: "views", Default: 0.2, Min: 0, Max: 1, Owned: true, Live: true, Help: "largest change of each channel's strength by itself: 0.2 means factors from 0.8 to 1.2"},
	{Key: "gray-prob", Kind: Float, Group: "views", Default: 0.2, Min: 0, Max: 1, Unit: "probability", Live: true, Help: "how often colour is removed, so that it cannot be the shortcut"},
	{Key: "blur-prob", Kind: Float, Group: "views", Default: 0.0, Min: 0, Max: 1, Unit: "probability", Live: true, Help: "how often the view is blurred; at 32 pixels rarely of use"},
	{Key: "second-blur-prob", Kind: Float, Group: "views", Default: 0.1, Min: 0, Max: 1, Unit: "probability", Owned: true, Live: true, Help: "how often the second view is blurred, where blur-prob is for the first"},
	{Key: "local-blur-prob", Kind: Float, Group: "views", Default: 0.5, Min: 0, Max: 1, Unit: "probability", Owned: true, Live: true, Help: "how often local views are blurred"},
	{Key: "blur-sigma", Kind: Float, Group: "views", Default: 2.0, Min: 0.1, Max: 10, Unit: "pixels", Live: true, Help: "largest standard deviation of the blur"},
	{Key: "solarise-prob", Kind: Float, Group: "views", Default: 0.0, Min: 0, Max: 1, Unit: "probability", Live: true, Help: "how often bright pixels are inverted"},
	{Key: "second-solarise-prob", Kind: Float, Group: "views", Default: 0.2, Min: 0, Max: 1, Unit: "probability", Owned: true, Live: true, Help: "how often bright pixels of the second view are inverted, where solarise-prob is for the first"},
	{Key: "rand-ops", Kind: Int, Group: "views", Default: 2, Min: 0, Max: 8, Unit: "operations", Owned: true, Live: true, Help: "operations that RandAugment draws for each view"},
	{Key: "rand-magnitude", Kind: Float, Group: "views", Default: 9.0, Min: 0, Max: 30, Owned: true, Live: true, Help: "how strong RandAugment's operations are"},
	{Key: "noise-strength", Kind: Float, Group: "views", Default: 0.0, Min: 0, Max: 0.5, Live: true, Help: "largest standard deviation of noise that is added to pixels, which go from 0 to 1"},
	{Key: "erase-prob", Kind: Float, Group: "views", Default: 0.0, Min: 0, Max: 1, Unit: "probability", Live: true, Help: "how often a random box of the view is blanked (random erasing, cutout)"},
	{Key: "hide-patches", Kind: Float, Group: "views", Default: 0.0, Min: 0, Max: 0.95, Unit: "of the patches", Live: true, Help: "share of the view's patches that are blanked, eight patches to its shorter side"},
	{Key: "pixel-norm", Kind: Choice, Group: "views", Default: "data", Choices: []string{"data", "imagenet", "cifar10", "mnist", "none"}, Help: "mean and deviation by which pixels are normalised: those of the training images (data), the usual ones of a well-known data set, or 0 and 1 (none)"},

	{Key: "mlp-widths", Kind: Widths, Group: "encoder", Default: "512-256", Min: 1, Max: 8192, Help: "layers of the MLP encoder"},
	{Key: "conv-channels", Kind: Widths, Group: "encoder", Default: "32-64-128", Min: 1, Max: 2048, Help: "channels of the ConvNet encoder, a 3x3 convolution each"},
	{Key: "conv-strides", Kind: Widths, Group: "encoder", Default: "1-2-2", Min: 1, Max: 8, Help: "stride of each convolution of the ConvNet encoder"},
	{Key: "resnet-depths", Kind: Widths, Group: "encoder", Default: "1-1-1", Min: 1, Max: 64, Help: "residual blocks in each stage of the ResNet encoder; every stage has half the pixels and twice the channels of the one before"},
	{Key: "resnet-width", Kind: Int, Group: "encoder", Default: 32, Min: 1, Max: 1024, Unit: "channels", Help: "channels of the ResNet encoder's first stage"},
	{Key: "vit-patch", Kind: Int, Group: "encoder", Default: 4, Min: 1, Max: 256, Unit: "pixels", Help: "side of a patch of the ViT encoder; it must divide the image's height and width"},
	{Key: "vit-dim", Kind: Int, Group: "encoder", Default: 96, Min: 1, Max: 4096, Help: "width of the ViT encoder's tokens"},
	{Key: "vit-depth", Kind: Int, Group: "encoder", Default: 4, Min: 1, Max: 64, Help: "blocks of the ViT encoder"},
	{Key: "vit-heads", Kind: Int, Group: "encoder", Default: 3, Min: 1, Max: 64, Help: "attention heads of each block of the ViT encoder; it must divide vit-dim"},
	{Key: "vit-hidden", Kind: Int, Group: "encoder", Default: 192, Min: 1, Max: 16_384, Help: "width between the two linear layers of each block of the ViT encoder"},
	{Key: "vit-pool", Kind: Choice, Group: "encoder", Default: "class", Choices: []string{"class", "mean"}, Help: "what represents the image: a token of its own in front of the patches (class), or the mean of the patches"},
	{Key: "drop-path", Kind: Float, Group: "encoder", Default: 0.0, Min: 0, Max: 0.9, Unit: "probability", Help: "how often the ViT encoder's last block is skipped while it learns; earlier ones less"},

	{Key: "head-layers", Kind: Int, Group: "head", Default: 2, Min: 0, Max: 8, Help: "linear layers of the projection head; 0 puts the loss on the representation itself"},
	{Key: "head-hidden", Kind: Int, Group: "head", Default: 256, Min: 1, Max: 8192, Idle: below("head-layers", 2), Help: "width between the layers of the projection head"},
	{Key: "head-dim", Kind: Int, Group: "head", Default: 128, Min: 1, Max: 8192, Idle: off("head-layers"), Help: "width of the projection that the loss compares"},
	{Key: "head-norm", Kind: Bool, Group: "head", Default: true, Idle: below("head-layers", 2), Help: "batch-norm between the layers of the projection head"},
	{Key: "head-final-norm", Kind: Bool, Group: "head", Default: false, Guard: true, Idle: off("head-layers"), Help: "batch-norm without scale and shift on the projection"},
	{Key: "head-batch-stats", Kind: Bool, Group: "head", Default: true, Live: true, Guard: true, Idle: noHeadNorm, Help: "batch-norm in the head spreads each batch by its own mean and deviation; switched off, it keeps those that it has gathered, and no longer holds embeddings apart"},

	{Key: "temperature", Kind: Float, Group: "algorithm", Default: 0.5, Min: 0.001, Max: 100, Owned: true, Live: true, Help: "divides similarities before the softmax: low values make near negatives count most"},
	{Key: "learn-temperature", Kind: Bool, Group: "algorithm", Default: false, Owned: true, Help: "the temperature is learned, from the given one on, down to 0.01"},
	{Key: "negatives", Kind: Bool, Group: "algorithm", Default: true, Owned: true, Live: true, Guard: true, Help: "other images repel; without them the contrastive methods collapse"},
	{Key: "normalise", Kind: Bool, Group: "algorithm", Default: true, Owned: true, Live: true, Help: "projections are scaled to length 1, so that only their directions are compared"},
	{Key: "symmetric", Kind: Bool, Group: "algorithm", Default: true, Owned: true, Live: true, Idle: off("negatives"), Help: "each view is once the query and once the target, not only the first the query"},
	{Key: "predictor", Kind: Bool, Group: "algorithm", Default: true, Owned: true, Live: true, Guard: true, Help: "a small network on one branch that predicts the other; without it the siamese methods collapse"},
	{Key: "predictor-hidden", Kind: Int, Group: "algorithm", Default: 64, Min: 1, Max: 8192, Owned: true, Idle: noPredictor, Help: "width between the predictor's two layers"},
	{Key: "predictor-norm", Kind: Bool, Group: "algorithm", Default: true, Owned: true, Idle: noPredictor, Help: "batch-norm between the predictor's two layers"},
	{Key: "stop-gradient", Kind: Bool, Group: "algorithm", Default: true, Owned: true, Live: true, Guard: true, Help: "no gradient flows through the target branch; without it the siamese methods collapse"},
	{Key: "momentum-encoder", Kind: Bool, Group: "algorithm", Default: true, Owned: true, Live: true, Guard: true, Idle: off("stop-gradient"), Help: "targets come from a slow moving average of the encoder, not from a copy of the encoder as it is"},
	{Key: "target-momentum", Kind: Float, Group: "algorithm", Default: 0.99, Min: 0, Max: 1, Owned: true, Live: true, Idle: off("stop-gradient", "momentum-encoder"), Help: "share of the moving average that each step keeps"},
	{Key: "target-momentum-end", Kind: Float, Group: "algorithm", Default: 1.0, Min: 0, Max: 1, Owned: true, Live: true, Idle: off("stop-gradient", "momentum-encoder"), Help: "what that share has grown to at the last step, along half a cosine"},
	{Key: "queue-size", Kind: Int, Group: "algorithm", Default: 4096, Min: 1, Max: 1 << 20, Unit: "rows", Owned: true, Idle: off("nearest-neighbour"), Help: "projections of past batches that are kept to compare with; at most as many as there are training images"},
	{Key: "key-splits", Kind: Int, Group: "algorithm", Default: 4, Min: 1, Max: 1024, Unit: "parts", Owned: true, Live: true, Help: "random parts of a batch, of two images or more, each with its own batch-norm statistics for keys, so that statistics do not give the positive away"},
	{Key: "bank-momentum", Kind: Float, Group: "algorithm", Default: 0.5, Min: 0, Max: 1, Owned: true, Live: true, Help: "share of an image's entry in the memory bank that is kept when it is seen again"},
	{Key: "noise", Kind: Int, Group: "algorithm", Default: 0, Min: 0, Max: 65_536, Unit: "entries", Owned: true, Live: true, Help: "random entries of the bank to tell an image's own from (noise-contrastive estimation); 0 compares with the whole bank"},
	{Key: "views", Kind: Int, Group: "algorithm", Default: 2, Min: 2, Max: 16, Owned: true, Help: "random views of each image a step"},
	{Key: "local-views", Kind: Int, Group: "algorithm", Default: 2, Min: 0, Max: 16, Owned: true, Help: "small crops of each image a step besides the two views (multi-crop)"},
	{Key: "local-size", Kind: Int, Group: "algorithm", Default: 0, Min: 0, Max: 1024, Unit: "pixels", Owned: true, Idle: off("local-views"), Help: "height and width of a local view; 0 takes half of the image's, or all for an encoder that takes one size only"},
	{Key: "local-crop-min", Kind: Float, Group: "algorithm", Default: 0.1, Min: 0.01, Max: 1, Unit: "of the area", Owned: true, Idle: off("local-views"), Help: "smallest crop of a local view"},
	{Key: "local-crop-max", Kind: Float, Group: "algorithm", Default: 0.4, Min: 0.01, Max: 1, Unit: "of the area", Owned: true, Idle: off("local-views"), Help: "largest crop of a local view"},
	{Key: "redundancy-weight", Kind: Float, Group: "algorithm", Default: 0.005, Min: 0, Max: 100, Owned: true, Live: true, Guard: true, Help: "how much correlation between different dimensions counts"},
	{Key: "invariance-weight", Kind: Float, Group: "algorithm", Default: 25.0, Min: 0, Max: 1000, Owned: true, Live: true, Help: "how much the distance of the views counts"},
	{Key: "variance-weight", Kind: Float, Group: "algorithm", Default: 25.0, Min: 0, Max: 1000, Owned: true, Live: true, Guard: true, Help: "how much deviations below 1 count; at 0 the projections collapse"},
	{Key: "covariance-weight", Kind: Float, Group: "algorithm", Default: 1.0, Min: 0, Max: 1000, Owned: true, Live: true, Guard: true, Help: "how much it counts that dimensions vary together (VICReg), or that a direction is crowded (TiCo)"},
	{Key: "class-prior", Kind: Float, Group: "algorithm", Default: 0.1, Min: 0, Max: 0.9, Owned: true, Live: true, Help: "assumed share of the negatives that are of the image's own class, to be subtracted"},
	{Key: "hardness", Kind: Float, Group: "algorithm", Default: 1.0, Min: 0, Max: 10, Owned: true, Live: true, Help: "how much more similar negatives count; 0 weighs all alike"},
	{Key: "weight-sigma", Kind: Float, Group: "algorithm", Default: 0.5, Min: 0.01, Max: 100, Owned: true, Live: true, Help: "temperature of the weights that let unlike views of an image count more"},
	{Key: "nearest-neighbour", Kind: Bool, Group: "algorithm", Default: true, Owned: true, Live: true, Help: "the positive is the support set's nearest neighbour of the other view, not the view itself"},
	{Key: "teacher-temperature", Kind: Float, Group: "algorithm", Default: 0.04, Min: 0.001, Max: 100, Owned: true, Live: true, Idle: off("sharpening"), Help: "temperature of the targets: lower than the student's, so that they are sharper"},
	{Key: "align-power", Kind: Float, Group: "algorithm", Default: 2.0, Min: 0.5, Max: 4, Owned: true, Live: true, Help: "power of the distance between the views of an image"},
	{Key: "uniform-scale", Kind: Float, Group: "algorithm", Default: 2.0, Min: 0.1, Max: 20, Owned: true, Live: true, Idle: off("uniform-weight"), Help: "how fast repulsion falls with the squared distance"},
	{Key: "uniform-weight", Kind: Float, Group: "algorithm", Default: 1.0, Min: 0, Max: 100, Owned: true, Live: true, Guard: true, Help: "how much uniformity counts beside alignment; at 0 the projections collapse"},
	{Key: "prototypes", Kind: Int, Group: "algorithm", Default: 128, Min: 2, Max: 65_536, Owned: true, Help: "learned directions that stand for clusters"},
	{Key: "sinkhorn", Kind: Bool, Group: "algorithm", Default: true, Owned: true, Live: true, Guard: true, Help: "codes spread a batch evenly over the prototypes; without it all images end up with one"},
	{Key: "sinkhorn-iterations", Kind: Int, Group: "algorithm", Default: 3, Min: 1, Max: 100, Owned: true, Live: true, Idle: off("sinkhorn"), Help: "rounds of evening out the codes"},
	{Key: "epsilon", Kind: Float, Group: "algorithm", Default: 0.05, Min: 0.02, Max: 100, Owned: true, Live: true, Help: "temperature of the codes: low values make them near one-hot"},
	{Key: "code-queue", Kind: Int, Group: "algorithm", Default: 0, Min: 0, Max: 1 << 20, Unit: "rows", Owned: true, Idle: off("sinkhorn"), Help: "projections of past batches that take part in evening out the codes, for batches that are small beside the prototypes"},
	{Key: "centring", Kind: Bool, Group: "algorithm", Default: true, Owned: true, Live: true, Guard: true, Help: "subtracts a moving mean from the teacher, so that no dimension wins for all images; without it or sharpening DINO collapses"},
	{Key: "centre-momentum", Kind: Float, Group: "algorithm", Default: 0.9, Min: 0, Max: 1, Owned: true, Live: true, Idle: off("centring"), Help: "share of the centre that each step keeps"},
	{Key: "sharpening", Kind: Bool, Group: "algorithm", Default: true, Owned: true, Live: true, Guard: true, Help: "a teacher temperature below the student's, so that not all dimensions become alike; without it or centring DINO collapses"},
	{Key: "teacher-temperature-end", Kind: Float, Group: "algorithm", Default: 0.07, Min: 0.001, Max: 100, Owned: true, Live: true, Idle: off("sharpening"), Help: "temperature of the targets after it has risen, in a straight line, over the first third of the run"},
	{Key: "clusters", Kind: Int, Group: "algorithm", Default: 100, Min: 2, Max: 65_536, Owned: true, Help: "clusters of k-means, best several times as many as there are classes"},
	{Key: "uniform-clusters", Kind: Bool, Group: "algorithm", Default: true, Owned: true, Guard: true, Help: "an epoch shows all clusters equally often, not all images"},
	{Key: "cluster-heads", Kind: Int, Group: "algorithm", Default: 3, Min: 1, Max: 16, Owned: true, Help: "clusterings at the same time, from different starts"},
	{Key: "whitening-eps", Kind: Float, Group: "algorithm", Default: 0.0, Min: 0, Max: 1, Owned: true, Live: true, Help: "share of the identity that is mixed into the covariance before whitening"},
	{Key: "covariance-momentum", Kind: Float, Group: "algorithm", Default: 0.9, Min: 0, Max: 1, Owned: true, Live: true, Idle: off("covariance-weight"), Help: "share of the moving covariance that each view of a step keeps, the first alone where symmetric is off"},
	{Key: "nuclear-weight", Kind: Float, Group: "algorithm", Default: 0.0, Min: 0, Max: 100, Owned: true, Live: true, Help: "how much the spread of each image's own views counts"},
	{Key: "sigreg-weight", Kind: Float, Group: "algorithm", Default: 0.05, Min: 0, Max: 1, Owned: true, Live: true, Guard: true, Help: "how much being normally distributed counts beside agreement of the views; at 0 the projections collapse"},
	{Key: "directions", Kind: Int, Group: "algorithm", Default: 256, Min: 1, Max: 65_536, Owned: true, Live: true, Idle: off("sigreg-weight"), Help: "random directions a step along which the distribution is judged"},
	{Key: "captions", Kind: Bool, Group: "algorithm", Default: false, Owned: true, Help: "captions, read by a text encoder, are one more view of each image"},
	{Key: "separate-encoders", Kind: Bool, Group: "algorithm", Default: false, Owned: true, Help: "each view has an encoder of its own; the first view's is evaluated"},
	{Key: "text-dim", Kind: Int, Group: "algorithm", Default: 96, Min: 1, Max: 4096, Owned: true, Idle: off("captions"), Help: "width of the text encoder's tokens"},
	{Key: "text-depth", Kind: Int, Group: "algorithm", Default: 2, Min: 1, Max: 64, Owned: true, Idle: off("captions"), Help: "blocks of the text encoder"},
	{Key: "text-heads", Kind: Int, Group: "algorithm", Default: 3, Min: 1, Max: 64, Owned: true, Idle: off("captions"), Help: "attention heads of each block of the text encoder; it must divide text-dim"},
	{Key: "text-words", Kind: Int, Group: "algorithm", Default: 4096, Min: 1, Max: 1 << 20, Unit: "words", Owned: true, Idle: off("captions"), Help: "most frequent words of the captions that the text encoder knows"},
	{Key: "text-length", Kind: Int, Group: "algorithm", Default: 77, Min: 2, Max: 1024, Unit: "tokens", Owned: true, Idle: off("captions"), Help: "most tokens of a caption that the text encoder reads"},
	{Key: "logit-bias", Kind: Float, Group: "algorithm", Default: -10.0, Min: -100, Max: 100, Owned: true, Help: "added to all similarities at first; learned: most pairs do not match"},
	{Key: "mask-ratio", Kind: Float, Group: "algorithm", Default: 0.5, Min: 0, Max: 0.95, Owned: true, Live: true, Help: "share of the patches that are hidden from the encoder"},
	{Key: "reconstruction-weight", Kind: Float, Group: "algorithm", Default: 1.0, Min: 0, Max: 100, Owned: true, Live: true, Idle: off("mask-ratio"), Help: "how much painting the hidden patches counts beside telling images apart"},
	{Key: "decoder-dim", Kind: Int, Group: "algorithm", Default: 48, Min: 1, Max: 4096, Owned: true, Idle: off("mask-ratio", "reconstruction-weight"), Help: "width of the decoder that paints hidden patches"},
	{Key: "margin", Kind: Float, Group: "algorithm", Default: 1.0, Min: 0, Max: 100, Owned: true, Live: true, Guard: true, Help: "how much farther than the positive the negative has to be"},
	{Key: "radius", Kind: Float, Group: "algorithm", Default: 2.0, Min: 0.01, Max: 100, Owned: true, Live: true, Idle: off("normalise"), Help: "length of projections where they are normalised: long ones are repelled more than attracted"},
	{Key: "swap", Kind: Bool, Group: "algorithm", Default: false, Owned: true, Live: true, Help: "the negative must be far from the positive, too"},

	{Key: "optimiser", Kind: Choice, Group: "optimiser", Default: "adam", Choices: []string{"adam", "adamw", "sgd", "lars"}, Idle: off("lr"), Help: "how gradients change the weights"},
	{Key: "lr", Kind: Float, Group: "optimiser", Default: 1e-3, Min: 0, Max: 1e6, Live: true, Help: "learning rate at the top of its schedule"},
	{Key: "lr-end", Kind: Float, Group: "optimiser", Default: 0.0, Min: 0, Max: 1, Unit: "of lr", Idle: off("lr"), Help: "share of the learning rate that is left at the last step of the cosine; 1 keeps it constant"},
	{Key: "warmup", Kind: Int, Group: "optimiser", Default: 0, Min: 0, Max: 1e6, Unit: "steps", Idle: off("lr"), Help: "steps over which the learning rate rises from 0"},
	{Key: "momentum", Kind: Float, Group: "optimiser", Default: 0.9, Min: 0, Max: 0.9999, Live: true, Idle: either(off("lr"), unless("optimiser", "sgd", "lars")), Help: "of SGD and LARS"},
	{Key: "weight-decay", Kind: Float, Group: "optimiser", Default: 1e-6, Min: 0, Max: 1, Live: true, Idle: off("lr"), Help: "pull of weights towards 0; biases and norm parameters are left out"},
	{Key: "clip", Kind: Float, Group: "optimiser", Default: 0.0, Min: 0, Max: 1e6, Live: true, Idle: off("lr"), Help: "largest length of the gradient, 0 for no limit"},

	{Key: "knn-k", Kind: Int, Group: "evaluation", Default: 200, Min: 1, Max: 10_000, Unit: "neighbours", Live: true, Help: "neighbours that vote; fewer when the bank is small"},
	{Key: "knn-temperature", Kind: Float, Group: "evaluation", Default: 0.07, Min: 0.001, Max: 100, Live: true, Help: "how much nearer neighbours count more"},
}

// Find returns the hyperparameter of the key.
func Find(key string) (Param, bool) {
	for _, p := range Params {
		if p.Key == key {
			return p, true
		}
	}
	return Param{}, false
}

// small are networks for drawings and digits, which learn within a minute on a laptop's browser: the ConvNet's first layers
// leave a quarter of the pixels each way, the later ones keep them; the ViT is narrow and has two blocks.
var small = Values{"conv-channels": "16-32-32-64", "conv-strides": "2-2-1-1", "vit-dim": 48, "vit-depth": 2, "vit-hidden": 96, "batch": 64, "lr": 2e-3}

// DataDefaults are the defaults of data sets that want other views or a smaller network than colour photographs do.
var DataDefaults = map[string]Values{
	"mnist": with(small, Values{"augment": "digits", "knn-k": 20}),
	// There colour tells images apart so easily that little else would be learned without gray views.
	"shapes": with(small, Values{"gray-prob": 0.7, "crop-min": 0.6}),
	Yours:    small,
}

// Yours is the name of the images that the user gives the page, which trains in a browser.
const Yours = "yours"

func with(common, own Values) Values {
	all := maps.Clone(common)
	maps.Copy(all, own)
	return all
}

// ViewDefaults are the strengths of each kind of views where they are not those of the table, and those that only it has.
var ViewDefaults = func() map[string]Values {
	all := map[string]Values{}
	for _, preset := range augment.Presets {
		values := Values{}
		for key, v := range preset.Strengths {
			values[key] = v
			if p, _ := Find(key); p.Kind == Int {
				values[key] = int(v)
			}
		}
		all[preset.Name] = values
	}
	return all
}()

// KindsOfViews returns the kinds of views that have a hyperparameter which not all have, in the order of the choices.
func KindsOfViews(key string) []string {
	var names []string
	for _, preset := range augment.Presets {
		if _, has := preset.Strengths[key]; has {
			names = append(names, preset.Name)
		}
	}
	return names
}

func presetNames() []string {
	var names []string
	for _, p := range augment.Presets {
		names = append(names, p.Name)
	}
	return names
}

func presetHelp() string {
	var all []string
	for _, p := range augment.Presets {
		all = append(all, p.Name+": "+p.Help)
	}
	return strings.Join(all, "; ")
}
