/**
 * The checkpoint format, version 1. One stream, read front to back:
 *
 *     image  := VERSION value body* (entries body*)* pool*
 *     value  := tag payload              a primitive, a reference, or the *head* of an object met for the first time
 *     body   := the contents of one object: its properties, entries, captured values
 *     entries := what WeakMaps and WeakSets hold for keys met so far; only when there are such, again until there are none left
 *
 * An object gets its number when it is first met, and bodies follow in the order of these numbers (breadth first), so neither side
 * needs a stack: depth costs nothing. The head holds what it takes to make an empty object, so identity and cycles come by themselves.
 *     bytes  := length (0 contents | 1 hash)     a blob is kept outside the image, by the SHA-256 of its contents
 *
 * Strings, key lists (shapes) and code ids are written where they first occur and are numbers from then on.
 */
export const FORMAT_VERSION = 1;

/**
 * A part holds what has changed in the nodes of an image since the part before, the image itself being the first:
 *
 *     part   := VERSION nodes count (id patch)* body*
 *
 * `nodes` is how many there were. Nodes met in a part go on in the numbering, their bodies end it. Strings, shapes and code ids are those of the part alone.
 */
export const Patch = {
  /** Keys that are gone, then keys with values, changed or appended: objects, Maps, Sets. */
  ENTRIES: 0,
  /** The same after everything was taken out. */
  REFILL: 1,
  /** New length, first changed index, count, values. */
  ELEMENTS: 2,
  /** All fields of an instance of a class of the runtime's own. */
  FIELDS: 3,
  /** Count of chunks, for each its offset and its bytes: of an array buffer. */
  BYTES: 4,
} as const;

/** First byte of a value. Tags from `SMALL_STRING_REF` on carry their payload in the byte itself. */
export const Tag = {
  UNDEFINED: 0,
  NULL: 1,
  FALSE: 2,
  TRUE: 3,
  /** Only as an array element. */
  HOLE: 4,
  /** Zigzag varint, 32 bits. */
  INT: 5,
  DOUBLE: 6,
  /** Magnitude as hexadecimal text. */
  BIGINT: 7,
  BIGINT_NEGATIVE: 8,
  /** A string met for the first time. */
  STRING: 9,
  STRING_REF: 10,
  /** One or two UTF-16 units: cheaper to repeat than to number. */
  SHORT_STRING: 11,
  NODE_REF: 12,

  /** A plain object with default attributes only: shape. */
  PLAIN: 13,
  /** The same with prototype null. */
  PLAIN_NULL: 14,
  /** An instance of a registered class with default attributes only: prototype, shape. */
  INSTANCE: 15,
  /** A plain object with more keys than a shape is worth: count; the body repeats keys. */
  DICT: 16,
  /** An extensible array of default elements, holes allowed: length. */
  ARRAY: 17,
  FRAME: 18,
  CLOSURE: 19,
  /** The `prototype` object of a closure. */
  PROTOTYPE_OF: 20,
  /** By reference: registered id. */
  REFERENCE: 21,
  /** By reference: name in the table of intrinsics. */
  INTRINSIC: 22,
  SYMBOL_WELL_KNOWN: 23,
  SYMBOL_FOR: 24,
  /** An instance of a class of the runtime's own: handler name. */
  HANDLED: 25,
  /** Everything else that is an object: kind number, form. */
  EXOTIC: 26,
  /** An object with private members: its head, then that of the map that holds them. No node of its own. */
  PRIVATES: 27,
  /** A method or accessor function of a class that is a closure. */
  MEMBER: 28,
  /** A unique symbol that the run made: description. */
  SYMBOL_OWN: 29,
  /** A Proxy that compiled code made. */
  PROXY: 30,
  /** A bound function that compiled code made. */
  BOUND: 31,
  /** The same as HANDLED, to which the program added properties, or which it locked: handler name, form. */
  HANDLED_MORE: 32,
  /** An object with private members of the engine: count and ids of prototypes, its head, then that of an array of values. No node of its own. */
  NATIVES: 33,
  /** A large string met for the first time: whether a unit takes one byte, and a blob. */
  BLOB_STRING: 34,

  /** 0x40–0x7f: string 0–63. */
  SMALL_STRING_REF: 0x40,
  /** 0x80–0xff: integers −16 to 111. */
  SMALL_INT: 0x80,
} as const;

/** Integers from here fit the tag byte. */
export const SMALL_INT_MIN = -16;
export const SMALL_INT_MAX = 111;

/** What an exotic object has beyond its kind's own contents; bits of one byte. */
export const Form = {
  /** A property section follows in the body. */
  PROPERTIES: 1,
  /** The prototype is not the kind's own and follows in the head, by reference. */
  PROTOTYPE: 2,
  /** The prototype follows in the body, as any value. */
  LATE_PROTOTYPE: 4,
  NULL_PROTOTYPE: 8,
  /** Not extensible. */
  LOCKED: 16,
} as const;

/** Attributes of one property in a property section; bits of one byte. */
export const Attribute = {
  WRITABLE: 1,
  ENUMERABLE: 2,
  CONFIGURABLE: 4,
  /** A getter and a setter follow instead of a value. */
  ACCESSOR: 8,
  /** V8's own `stack` accessor of an error; the stack text follows. */
  STACK: 16,
  DEFAULT: 7,
} as const;

/** How the units of a string are stored: the low two bits of its header. */
export const TextForm = { LATIN1: 0, UTF16: 1, UTF8: 2 } as const;

/** Objects with more keys than this are written key by key: they are dictionaries, and no other has the same keys. Frames always have a shape. */
export const MAX_SHAPE_KEYS = 32;

/** Array buffers up to this size that only Buffers look at (Node's pool) are saved as the parts looked at. */
export const MAX_POOL_BYTES = 65_536;
/** At most this many bytes of such partly saved buffers in one image: bounds what hostile bytes can make the reader allocate. */
export const MAX_POOL_TOTAL = 1 << 26;
