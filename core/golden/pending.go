package golden

// Pending lists the cases that the code does not compute yet, "file:case", with the issue that will.
var Pending = map[string]int{
	"losses.json:wmse/basic":                   5,
	"losses.json:tico/first_step":              5,
	"losses.json:tico/later_step":              5,
	"losses.json:mmcr/basic":                   5,
	"losses.json:lejepa/basic":                 5,
	"losses.json:swav/two_crops":               5,
	"losses.json:swav/multi_crop":              5,
	"losses.json:swav/queue":                   5,
	"losses.json:swav/from_embeddings":         5,
	"losses.json:dino/two_crops":               5,
	"losses.json:dino/multi_crop":              5,
	"losses.json:deepcluster/assign_euclidean": 5,
	"losses.json:deepcluster/assign_spherical": 5,
	"losses.json:deepcluster/empty_cluster":    5,
	"losses.json:deepcluster/loss":             5,
	"losses.json:deepcluster_v2/loss":          5,
	"encoders.json:resnet":                     5,
	"encoders.json:vit":                        5,
	"encoders.json:text":                       5,
}
