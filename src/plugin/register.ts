/** `node --import flowc/register app.ts`: compiles the program in memory when its first TypeScript file loads. */
import { serve } from "./hooks.js";
import { Program } from "./program.js";

serve(new Program());
