/** Props of a field with as many choices as there are sources: a thousand of them in the page, unseen, make it slow. */

/** Its choices are made when it is opened. */
export const whenOpened = { keepMounted: false } as const;

/** The same, with no more at once than one looks through; typing finds the others. */
export const manyChoices = { searchable: true, limit: 200, comboboxProps: whenOpened } as const;
