// What follows the name of a large file where it lies packed. `pushpull site` makes it '.gz', since a plain host of files
// compresses few kinds of them, or none.
export const PACKED = '';
