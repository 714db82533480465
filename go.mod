module pushpull

go 1.26
