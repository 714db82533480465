package golden

// Pending lists the cases that the code does not compute yet, "file:case", with the issue that will.
var Pending = map[string]int{}
