// Makes the components of nhsuk-frontend work. Every page works without it.
import { initAll } from "./vendor/nhsuk-frontend.js";

document.body.classList.add("js-enabled", "nhsuk-frontend-supported");
initAll();
