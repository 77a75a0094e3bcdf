/** Run the page's module, which stands in the page in compressed form. */

import { gunzip } from "../protocol/unpack.js";
import { bytesOf } from "./page_bytes.js";

const script = document.createElement("script");
script.type = "module";
// The page's policy allows this very text. A blob's address would need more to be allowed.
script.textContent = new TextDecoder().decode(await gunzip(bytesOf("actwidget-module")));
document.body.append(script);
