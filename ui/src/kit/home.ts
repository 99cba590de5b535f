/**
 * Where the list of a field belongs: in the dialog or else the main part of the page that the field is in, so that who goes
 * through a page by its parts does not find it outside all of them.
 */
export function homeOf(field: Element | null): Element | undefined {
  return field?.closest('[role=dialog], [role=alertdialog]') ?? field?.closest('main') ?? undefined;
}
