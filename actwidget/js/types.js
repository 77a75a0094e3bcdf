/**
 * The shapes of what the modules hand to each other.
 *
 * @typedef {object} Model what anywidget gives: the state shared with Python
 * @prop {(name: string) => any} get
 * @prop {(name: string, value: unknown) => void} set
 * @prop {() => void} save_changes
 * @prop {(content: unknown, callbacks?: unknown, buffers?: unknown) => void} send
 * @prop {(name: string, callback: (...args: any[]) => void) => void} on
 * @prop {(name: string, callback: (...args: any[]) => void) => void} off
 * @prop {{ get_model(id: string): Promise<any> }} [widget_manager]
 *
 * @typedef {[number, number]} Limits the shown values at the ends of the colours
 *
 * @typedef {object} Layer what is known of a layer before it is shown
 * @prop {string} path
 * @prop {string} type
 * @prop {string | null} activation the one fused into it
 * @prop {string[]} inputs the paths of the layers that its input came from, as far as is known
 * @prop {boolean} isImage whether it is what the model received, and that is an image, grey or RGB
 * @prop {"maps" | "units" | "sequence"} kind of a sequence rows are time steps, columns channels
 * @prop {number} depth slices of a volume, else 1
 * @prop {number} height rows of units in a map
 * @prop {number} width columns of units in a map
 * @prop {number} channels
 * @prop {number} tiles maps: one a channel, or one of a sequence
 * @prop {boolean} sharesInputGrid whether a unit's place in it is one in the input that is shown, too
 * @prop {string} firstNonFinite the first layer that it depends on, or itself, with units that are
 *   not finite; empty if there is none or it is not known
 * @prop {boolean} named whether the names of the classes are those of its units
 * @prop {number | null} columns tiles in a row; null: as the room allows
 * @prop {number} block a cell of the overview stands for block × block units
 * @prop {[number, number]} repeat cells down and across that show one block
 * @prop {number} gutter cells between two tiles of the overview
 *
 * @typedef {{ zeros: number[], variance: number[] }} Measures of each channel: the share of zeros,
 *   and the variance of the mean over the images
 *
 * @typedef {object} Profile a layer at a glance
 * @prop {number} size the mean |x|
 * @prop {number[]} bars the mean |x| of its channels, or of parts of them
 * @prop {number} dead channels
 * @prop {number} nonFinite units
 * @prop {boolean} complete whether every unit was looked at
 *
 * @typedef {object} Colouring one normalization of one layer
 * @prop {Limits} limits
 * @prop {[number, string][]} colours
 * @prop {string} title
 * @prop {boolean} diverging whether the middle colour stands for 0
 * @prop {boolean} comparable whether a colour means the same in every channel
 * @prop {number} clipped the share of the layer's units outside the limits
 *
 * @typedef {{ layer: number, image: number, slice: number, variant?: string }} PictureKey which
 *   picture; slice 0 of what is not a volume; `variant`: what is shown in place of the values
 *
 * @typedef {string | number | [string, number] | [string, number, [number, number]]} Target what is
 *   explained: a class by name or number, "top", a channel, or a unit with its row and column
 * @typedef {[string, number]} Ablated the layer and the channel that are switched off
 * @typedef {[number, string, number | null]} Class its number, its name and its value
 *
 * @typedef {{ height: number, width: number, maximum: number, codes: Uint8Array }} Heatmap codes of
 *   255 steps from 0 to the maximum
 * @typedef {object} Attribution what a layer does for a target
 * @prop {string} name of the target
 * @prop {number | null} value of the target
 * @prop {(number | null)[] | null} importance of each channel
 * @prop {Heatmap | null} cam the layer's Grad-CAM
 * @prop {string} reason why there is none of it
 * @prop {string} note what is to be known
 * @prop {string} [error] what went wrong
 * @typedef {[number, number, number, number]} Windows size, stride, offset and end along an axis
 * @typedef {[Windows, Windows] | "whole" | "probe"} Field the receptive fields of a layer's units
 *
 * @typedef {object} Overview a layer's picture for one image, all channels
 * @prop {number} layer
 * @prop {number} image
 * @prop {number} slice 0 of what is not a volume
 * @prop {string} [variant]
 * @prop {number} block
 * @prop {"codes" | "half" | "float32"} encoding
 * @prop {number} groups 1, or one a channel
 * @prop {number | null} minimum null, as mean and maximum: no unit of the layer is finite
 * @prop {number | null} mean
 * @prop {number | null} maximum
 * @prop {number} nonFinite
 * @prop {number[]} blank the channels of which nothing in this picture is finite
 * @prop {Colouring[]} normalizations
 * @prop {Float64Array} table rows low, step, minimum, mean, maximum (NaN: nothing is finite), 1 for flat and 2 for dead, then
 *   scale and offset for each normalization; `groups` numbers a row
 * @prop {Units} units in the order (channel, row, column)
 * @prop {number} bytes
 * @prop {[string, number | null][]} [answers] of an image of the survey: the likeliest classes
 * @prop {number} [frames] of a live frame: how many were looked at for what is said to be dead
 *
 * @typedef {Float32Array | Uint16Array | Uint8Array} Units numbers of which low + number × step is the value
 *
 * @typedef {[number, number, number, number, number]} Patch channel, first row, first column,
 *   rows, columns; in blocks
 *
 * @typedef {PictureKey & Pick<Overview, "block" | "encoding" | "units" | "bytes"> &
 *   { patches: Patch[] }} Detail some windows of a layer's maps at a finer level; its units are patch
 *   after patch, each in the order (row, column)
 *
 * @typedef {Pick<Layer, "height" | "width" | "block" | "repeat"> & { columns: number, rows: number,
 *   order: number[], period: [number, number], ratio?: number, captions?: boolean }} Layout where each
 *   unit lies on the picture's axes, which count tiles. `order`: the channel in each place, in reading order; `period`: units from one
 *   tile to the next, down and across; `ratio`: a height / width that is not its own;
 *   `captions`: whether there is room below each tile for a line about it
 *
 * @typedef {{ left: number, right: number, top: number, bottom: number }} Range what is in sight,
 *   in tiles
 *
 * @typedef {object} Raster a picture's cells
 * @prop {Float32Array[]} z shown values, NaN for gaps; a row each
 * @prop {number} columns
 * @prop {number} rows
 * @prop {number} left the left edge on the x axis
 * @prop {number} top the upper edge on the y axis
 * @prop {number} dx
 * @prop {number} dy
 * @prop {Float32Array[][]} [planes] of an image in colours: the cells of red, green and blue, as z
 * @prop {[number, number, number][]} bad runs of cells that are not finite: row, first column,
 *   columns
 * @prop {(colouring: Colouring) => ImageData} [paint] colours the cells in a quicker way than from z
 *
 * @typedef {{ channel: number, row: number, column: number }} UnitPosition
 *
 * @typedef {object} Reading what is known of a place
 * @prop {number} value
 * @prop {number} block
 * @prop {boolean} exact
 * @prop {number} step what one code is worth, where it is not exact
 *
 * @typedef {{ height: number, width: number, data: DataView | Uint8Array }} InputBytes a file, with
 *   the size of the image that it is of
 * @typedef {ImageBitmap | HTMLCanvasElement} Pixels
 * @typedef {{ pixels: Pixels | null, height: number, width: number, message: InputBytes }}
 *   InputImage null: the file is none that can be shown
 */

export {};
