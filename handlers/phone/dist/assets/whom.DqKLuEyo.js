import{x as o}from"./index-BNTMQoEd.js";function r(r){return r.household?o.card.household(r.household.head):r.card?o.card.number(r.card):o.card.someone}export{r as w};
