import type { Message } from '../message';

export const tour = {
  'tour.next': 'Next',
  'setup.goOn': 'Go on with the guided start',
  'tour.offer': 'One evening in two minutes, from the door to the Z report.',
  'tour.start': 'Start',
  'tour.no': 'Not now',
  'tour.end': 'End the tour',
  'tour.done': 'Done',
  'tour.host': 'Host',
  'tour.host.text':
    'Tap a free table to seat a party. Colours and words tell how far each table is.',
  'tour.order': 'Order',
  'tour.order.text': 'Open a check, tap items, choose seats and courses, then send.',
  'tour.kitchen': 'Kitchen',
  'tour.kitchen.text': 'Tickets, oldest first. Tap one to bump it; recall brings it back.',
  'tour.expo': 'Expo',
  'tour.expo.text': 'A table is ready when every station is: serve it from here.',
  'tour.printers': 'Virtual printers',
  'tour.printers.text': 'What the printers would print. Pull the paper out and see what happens.',
  'tour.floor': 'Floor plan',
  'tour.floor.text': 'Drag tables, walls and doors; publish, and every floor has them at once.',
  'tour.day': 'Day',
  'tour.day.text': 'Sales, tenders and taxes of today. Close the day with a counted drawer.',
} as const satisfies Record<string, Message>;
