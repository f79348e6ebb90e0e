"use strict";exports.minus=s=>/^[-−]/.test(s);
