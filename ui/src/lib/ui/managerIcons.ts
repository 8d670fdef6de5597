// The icons of the manager's screens, which come with them: no kitchen has to carry them.
import {
  AlignCenterHorizontal,
  AlignCenterVertical,
  AlignEndHorizontal,
  AlignEndVertical,
  AlignHorizontalDistributeCenter,
  AlignStartHorizontal,
  AlignStartVertical,
  AlignVerticalDistributeCenter,
  Archive,
  ArrowDown,
  ArrowUp,
  Copy,
  Download,
  Magnet,
  RotateCcw,
  RotateCw,
  Route,
  SquareDashedMousePointer,
  Thermometer,
  Trash,
  Upload,
  ZoomIn,
  ZoomOut,
  type IconNode,
} from 'lucide';
import { icons } from './icons';

const managers = {
  up: ArrowUp,
  down: ArrowDown,
  copy: Copy,
  archive: Archive,
  upload: Upload,
  download: Download,
  route: Route,
  trash: Trash,
  zoomIn: ZoomIn,
  zoomOut: ZoomOut,
  magnet: Magnet,
  several: SquareDashedMousePointer,
  thermometer: Thermometer,
  turn: RotateCw,
  turnBack: RotateCcw,
  'align-left': AlignStartVertical,
  'align-center': AlignCenterVertical,
  'align-right': AlignEndVertical,
  'align-top': AlignStartHorizontal,
  'align-middle': AlignCenterHorizontal,
  'align-bottom': AlignEndHorizontal,
  'spread-x': AlignHorizontalDistributeCenter,
  'spread-y': AlignVerticalDistributeCenter,
} satisfies Record<string, IconNode>;

export type ManagerIcon = keyof typeof managers;

Object.assign(icons, managers);
