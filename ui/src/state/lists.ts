/** How many stand in one list: more than anyone scrolls. A list that is cut says so. */
export const MOST = 500;
