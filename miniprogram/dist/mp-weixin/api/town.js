"use strict";const s=require("./http.js");exports.summary=(t,e)=>s.read(`/townships/${encodeURIComponent(t)}/summary${e&&"?month="+e}`);
