"use strict";require("./signal.js");
