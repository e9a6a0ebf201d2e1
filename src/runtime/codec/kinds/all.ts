/** The kinds of objects with state of their own. Importing this registers them. */
import "./plain.js";
import "./collections.js";
import "./errors.js";
import "./values.js";
import "./urls.js";
import "./binary.js";
import "./weak.js";
import "./headers.js";
import "./abort.js";
import "./temporal.js";
import "./blob.js";
