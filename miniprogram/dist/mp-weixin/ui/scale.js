"use strict";const s=require("../common/vendor.js"),e=require("../session.js"),o=s.computed(()=>`--fs:${e.session.scale}`);exports.pageStyle=o;
