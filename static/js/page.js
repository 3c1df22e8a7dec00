// What every page does on top of what it does without script.
import { armExit } from "./exit.js";
import { armTimeout } from "./timeout.js";
import { armDrafts } from "./drafts.js";
import { armForms } from "./forms.js";
import { armChapters } from "./chapters.js";
import { armKeeping } from "./keeping.js";

armExit();
armTimeout();
armDrafts();
armForms();
armChapters();
armKeeping();
