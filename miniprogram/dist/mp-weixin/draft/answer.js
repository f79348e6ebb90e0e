"use strict";const t=new Set([401,408,425,429]);exports.final=function(s){return"silent"!==s.kind&&("ok"===s.kind||s.status<500&&!t.has(s.status)&&"other_person"!==s.code)};
