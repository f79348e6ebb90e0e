"use strict";const o=require("../words.js");exports.whom=function(r){return r.household?o.words.card.household(r.household.head):r.card?o.words.card.number(r.card):o.words.card.someone};
