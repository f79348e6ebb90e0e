"use strict";exports.address="https://jifen.example.cn";
