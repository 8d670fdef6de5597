/** What the tab calls itself: what is open on the page, the page, the venue. */
class Title {
  page = $state('');
  /** The one thing that is open on the page, where there is one. */
  detail = $state('');

  of(venue: string): string {
    return [this.detail, this.page, venue].filter(Boolean).join(' · ');
  }
}

export const title = new Title();
