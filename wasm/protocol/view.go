package protocol

// View tells the view how to draw. Empty fields leave things as they are. The view answers with one when it has started, and
// where a key changes the projection.
type View struct {
	bare
	Wish       int    `json:"wish"`                 // the page counts how often it tells its state; the view tells the last number that it had
	Theme      string `json:"theme,omitempty"`      // "light" or "dark"
	Projection string `json:"projection,omitempty"` // a name of Snapshot.Names
	Motion     string `json:"motion,omitempty"`     // "smooth", or "none" for people who prefer less of it
	Hide       []int  `json:"hide"`                 // groups of the legend that are not drawn; null leaves them
	Colour     string `json:"colour,omitempty"`     // "class", a factor's name, or a name of Snapshot.Figures
	Points     string `json:"points,omitempty"`     // "markers", or "pictures" of the images in their stead
	Pairs      string `json:"pairs,omitempty"`      // "none", "springs" or "forces", of the last Pairs
	Drag       string `json:"drag,omitempty"`       // what a drag does: "turn" the scene or "catch" points
	Marked     []int  `json:"marked"`               // points that stand out; null leaves them
	Chosen     *int   `json:"chosen,omitempty"`     // the point in focus, -1 for none
}

// Legend tells how the view draws the points: the groups it tells apart, and where colour stands for a number, which; and
// how it draws the forces on the views of pairs.
type Legend struct {
	bare
	Entries []LegendEntry `json:"entries"`
	Ramp    *Ramp         `json:"ramp,omitempty"` // where colours are numbers; entries then differ by marker only
	Forces  []ForceEntry  `json:"forces"`
	Why     string        `json:"why"` // why there are no forces, or not split ones
}

// ForceEntry is what arrows of a colour stand for.
type ForceEntry struct {
	Name  string `json:"name"`
	Light string `json:"light"` // colours, "#rrggbb"
	Dark  string `json:"dark"`
}

// Ramp is a scale of colours, from low to high.
type Ramp struct {
	What  string   `json:"what"`  // the numbers
	Light []string `json:"light"` // colours, "#rrggbb"
	Dark  []string `json:"dark"`
	Low   float64  `json:"low"`
	High  float64  `json:"high"`
}

// LegendEntry is a class, or a value of a factor. Path is its marker as an SVG path in a square of 20 units.
type LegendEntry struct {
	Name  string `json:"name"`
	Light string `json:"light"` // colours, "#rrggbb"
	Dark  string `json:"dark"`
	Shape string `json:"shape"`
	Path  string `json:"path"`
	Count int    `json:"count"` // points of this class
}

// Hover tells which point is under the pointer or else chosen by a click or by keyboard, -1 for none.
type Hover struct {
	bare
	Index  int    `json:"index"`
	Class  int    `json:"class"`
	Label  string `json:"label"`
	Chosen int    `json:"chosen"` // the chosen point, -1 for none
}

// Selection lists the points that the user has caught with the lasso, from the view to the page.
type Selection struct {
	bare
	Points []int `json:"points"`
}

func (*View) Kind() Kind      { return KindView }
func (*Legend) Kind() Kind    { return KindLegend }
func (*Hover) Kind() Kind     { return KindHover }
func (*Selection) Kind() Kind { return KindSelection }
