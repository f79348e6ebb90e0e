// The address of the installation that this client belongs to. The H5 client
// is served by it and needs none. In the built Mini Program this file stays a
// file of its own (site.js), so that an office can set it without building.
export const address = 'https://jifen.example.cn'
